import type { Signal } from '../../signal.ts'

/** What is remembered of a signal: all of one type, caller and call are one. Plain JSON. */
export interface TracedSignal {
  readonly type: string
  readonly key: string
  readonly api: string
  readonly severity: number
  readonly principal: string
  readonly userName: string
  readonly userType: string
  readonly accessKeyId: string
  readonly address: string
  readonly resource: string
  firstMs: number
  lastMs: number
  count: number
}

/** What is remembered of an entity: its signals within the window. */
export interface Trace {
  readonly signals: TracedSignal[]
}

export const freshTrace = (): Trace => ({ signals: [] })

/** Source: GuardDuty User Guide, "GuardDuty Extended Threat Detection": signals within 24 hours belong together. */
const windowMs = 24 * 3_600_000
/** An attack of more kinds of signals is one long before that. */
const signalsMax = 24
/** A record's texts are an attacker's: they are kept as long as names may be. */
const textMax = 256
/** Too little for a finding of its own: as good as low. */
const weakSeverity = 1

/** Adds a signal, and forgets those that are older than the window. */
export function trace({ signals }: Trace, signal: Signal, severity: number): void {
  const one = traced(signal, severity)
  const kept = signals.filter(({ lastMs }) => lastMs > signal.atMs - windowMs)
  const known = kept.find((each) => isSame(each, one))
  if (known) {
    known.count += 1
    known.firstMs = Math.min(known.firstMs, one.firstMs)
    known.lastMs = Math.max(known.lastMs, one.lastMs)
  } else kept.push(one)
  signals.splice(0, signals.length, ...kept.slice(-signalsMax))
}

function isSame(a: TracedSignal, b: TracedSignal): boolean {
  return a.type === b.type && a.api === b.api && a.principal === b.principal && a.severity === b.severity
}

function traced(signal: Signal, severity: number): TracedSignal {
  const { type, key, atMs, values, resource, action, weak } = signal
  const short = (text: string | undefined): string => (text ?? '').slice(0, textMax)
  return {
    ...{ type, key: short(key), firstMs: atMs, lastMs: atMs, count: 1 },
    severity: weak ? weakSeverity : severity,
    api: short(action.AwsApiCallAction?.Api),
    principal: short(values['principal']),
    userName: short(values['userName']),
    userType: short(resource.AccessKeyDetails?.UserType),
    accessKeyId: short(values['accessKeyId']),
    address: short(values['remoteIp']),
    resource: short(resource.InstanceDetails?.InstanceId ?? resource.S3BucketDetails?.[0]?.Name ?? ''),
  }
}

/** The tactic of a type: what stands before the colon. */
export function tacticOf(type: string): string {
  return type.slice(0, type.indexOf(':'))
}

const signalsFrom = 3
const tacticsFrom = 2
/** From there on a severity is medium. Source: GuardDuty User Guide, "Severity levels of GuardDuty findings". */
const mediumFrom = 4

/** Whether signals are an attack: enough of them, of several stages, one of which would be a finding of some weight alone. */
export function isAttack(signals: readonly TracedSignal[]): boolean {
  return (
    signals.length >= signalsFrom &&
    new Set(signals.map(({ type }) => tacticOf(type))).size >= tacticsFrom &&
    signals.some(({ severity }) => severity >= mediumFrom)
  )
}

/** Of an address: more stages, and more than one signal of weight. */
const [tacticsOfMany, weightyOfMany] = [3, 2]

/** An address may have many people behind it: what they do is one attack where there is more of it, and none of them makes one alone. */
export function isAttackOfMany(signals: readonly TracedSignal[]): boolean {
  const byPrincipal = Map.groupBy(signals, ({ principal }) => principal)
  return (
    byPrincipal.size > 1 &&
    new Set(signals.map(({ type }) => tacticOf(type))).size >= tacticsOfMany &&
    signals.filter(({ severity }) => severity >= mediumFrom).length >= weightyOfMany &&
    ![...byPrincipal.values()].some(isAttack)
  )
}
