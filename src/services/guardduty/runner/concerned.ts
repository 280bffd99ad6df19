import type { Source, Sources } from '#engines/detect/index.ts'

/** A record with whom it concerns. */
export interface Placed {
  readonly record: Sources[Source]
  readonly account: string
  /** Undefined: every Region of the account. */
  readonly region: string | undefined
}

/** What every record may say of its place. */
interface Said {
  readonly accountId?: unknown
  readonly recipientAccountId?: unknown
  readonly region?: unknown
  readonly awsRegion?: unknown
  readonly resourceArn?: unknown
  readonly eventSource?: unknown
  readonly eventName?: unknown
  readonly eventTime?: unknown
  readonly userIdentity?: unknown
}

/**
 * Reads a line, and tells whom it concerns; undefined where it is no record of its source. `wanted` says of an account whether anybody
 * wants its records: others are not even parsed where the line shows whose they are.
 *
 * Records of services that are the same everywhere (IAM) concern every Region, as AWS's GuardDuty has it. What GuardDuty itself does
 * concerns nobody: it would find its own doings.
 * Source: GuardDuty User Guide, "GuardDuty foundational data sources", "How GuardDuty handles AWS CloudTrail global events".
 */
export function placeRecord(
  source: Source,
  line: string,
  {
    wanted,
    globalSources,
  }: { readonly wanted: (account: string) => boolean; readonly globalSources: ReadonlySet<string> },
): Placed | undefined {
  const shown = source === 'cloudTrail' ? recipientOf(line) : undefined
  if (shown !== undefined && !wanted(shown)) return undefined
  const said = parsed(line)
  if (!said) return undefined
  const record = said as unknown as Sources[Source] // As far as each detector looks at it.
  const account = said.recipientAccountId ?? said.accountId ?? accountIn(said.userIdentity)
  if (typeof account !== 'string' || !wanted(account)) return undefined
  if (source !== 'cloudTrail') return { record, account, region: regionOf(said) }
  const { eventSource, eventName, eventTime, awsRegion } = said
  if (typeof eventSource !== 'string' || typeof eventName !== 'string' || typeof eventTime !== 'string')
    return undefined
  if (Number.isNaN(Date.parse(eventTime)) || isOwn(said.userIdentity)) return undefined
  const region = typeof awsRegion === 'string' && !globalSources.has(eventSource) ? awsRegion : undefined
  return { record, account, region }
}

/** How a line of the own trail ends. What a caller sent, or what comes from elsewhere, in whatever order, cannot end so below its top level. */
const ownEnd =
  /"recipientAccountId":"(\d{12})"(?:,"sharedEventID":"[\da-f-]{36}")?,"eventCategory":"(?:Management|Data)"\}$/
const ownEndLength = 200

function recipientOf(line: string): string | undefined {
  return ownEnd.exec(line.slice(-ownEndLength))?.[1]
}

function parsed(line: string): Said | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
}

function accountIn(identity: unknown): unknown {
  return (identity as { readonly accountId?: unknown } | null | undefined)?.accountId
}

function isOwn(identity: unknown): boolean {
  return (
    (identity as { readonly invokedBy?: unknown } | null | undefined)?.invokedBy === 'guardduty.amazonaws.com'
  )
}

function regionOf({ region, resourceArn }: Said): string | undefined {
  if (typeof region === 'string') return region
  return typeof resourceArn === 'string' ? resourceArn.split(':', 5)[3] || undefined : undefined
}
