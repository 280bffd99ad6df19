import { faults } from './faults.ts'
import { parsed } from './message.ts'

/**
 * How deliveries to web addresses are retried, slowed down and labelled. Units: delays are seconds.
 * Source: SNS Developer Guide, "Creating an HTTP/S delivery policy".
 */
export interface DeliveryPolicy {
  readonly healthyRetryPolicy: RetryPolicy
  readonly throttlePolicy?: { readonly maxReceivesPerSecond?: number }
  readonly requestPolicy?: { readonly headerContentType?: string }
}

export interface RetryPolicy {
  readonly minDelayTarget: number
  readonly maxDelayTarget: number
  readonly numRetries: number
  readonly numNoDelayRetries: number
  readonly numMinDelayRetries: number
  readonly numMaxDelayRetries: number
  readonly backoffFunction: Backoff
}

type Backoff = 'linear' | 'arithmetic' | 'geometric' | 'exponential'

const defaultRetries: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  numMaxDelayRetries: 0,
  backoffFunction: 'linear',
}

/** All retries of a message. */
const totalSecondsMax = 3_600

/** Content types of what is not raw, and of topics' defaults. */
const envelopeTypes: readonly string[] = ['application/json', 'text/plain']

const rawTypes: ReadonlySet<string> = new Set([
  ...envelopeTypes,
  'application/atom+xml',
  'application/octet-stream',
  'application/soap+xml',
  'application/x-www-form-urlencoded',
  'application/xhtml+xml',
  'application/xml',
  'text/css',
  'text/csv',
  'text/html',
  'text/xml',
])

/** Refuses what is no delivery policy of a subscription. Faults: InvalidParameter. */
export function checkSubscriptionPolicy(text: string): void {
  readSubscriptionPolicy(text)
}

/** Refuses what is no delivery policy of a topic. Faults: InvalidParameter. */
export function checkTopicPolicy(text: string): void {
  readTopicPolicy(text)
}

interface Given {
  readonly healthyRetryPolicy?: RetryPolicy | undefined
  readonly throttlePolicy?: DeliveryPolicy['throttlePolicy']
  readonly requestPolicy?: DeliveryPolicy['requestPolicy']
}

/**
 * The policy in force for a subscription: its own members, then its topic's, then the default; the topic's alone where that says so.
 * Both texts were checked when they were set.
 */
export function effectivePolicy(
  ofTopic: string | undefined,
  ofSubscription: string | undefined,
): DeliveryPolicy {
  const topic = ofTopic === undefined || ofTopic === '' ? undefined : readTopicPolicy(ofTopic)
  const isOwn = ofSubscription !== undefined && ofSubscription !== '' && !topic?.isFinal
  const own: Given = isOwn ? readSubscriptionPolicy(ofSubscription) : {}
  const throttlePolicy = own.throttlePolicy ?? topic?.throttlePolicy
  const requestPolicy = own.requestPolicy ?? topic?.requestPolicy
  return {
    healthyRetryPolicy: own.healthyRetryPolicy ?? topic?.healthyRetryPolicy ?? defaultRetries,
    ...(throttlePolicy && { throttlePolicy }),
    ...(requestPolicy && { requestPolicy }),
  }
}

/** As GetTopicAttributes shows it. */
export function shownTopicPolicy(text: string | undefined): string {
  const { healthyRetryPolicy, throttlePolicy, requestPolicy } = effectivePolicy(text, undefined)
  const isFinal = text !== undefined && text !== '' && readTopicPolicy(text).isFinal
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: healthyRetryPolicy,
      disableSubscriptionOverrides: isFinal,
      ...(throttlePolicy && { defaultThrottlePolicy: throttlePolicy }),
      defaultRequestPolicy: requestPolicy ?? { headerContentType: defaultContentType },
    },
  })
}

const defaultContentType = 'text/plain; charset=UTF-8'

/** The content type of a delivery: an envelope has one of its own two, whatever is said of raw messages. */
export function contentTypeOf({ requestPolicy }: DeliveryPolicy, isRaw: boolean): string {
  const wished = requestPolicy?.headerContentType
  return wished !== undefined && (isRaw || envelopeTypes.includes(mediaType(wished)))
    ? wished
    : defaultContentType
}

/** After how many seconds a delivery is made again that failed so many times; undefined where it is given up. */
export function retryAfterSeconds(policy: RetryPolicy, failures: number): number | undefined {
  const { minDelayTarget: min, maxDelayTarget: max, numRetries } = policy
  if (failures > numRetries) return undefined
  const { numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy
  if (failures <= numNoDelayRetries) return 0
  const inBackoff = failures - numNoDelayRetries - numMinDelayRetries
  if (inBackoff <= 0) return min
  const steps = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries
  return inBackoff > steps ? max : delayAt[policy.backoffFunction](min, max, inBackoff, steps)
}

/** Delays that rise from `min` to `max` in `steps` steps. Differs: AWS shows the curves of these functions, without their formulas. */
const delayAt: Readonly<Record<Backoff, (min: number, max: number, step: number, steps: number) => number>> =
  {
    linear: (min, max, step, steps) => min + (max - min) * part(step, steps),
    arithmetic: (min, max, step, steps) => min + (max - min) * part(step, steps) ** 2,
    geometric: (min, max, step, steps) => min * (max / min) ** part(step, steps),
    exponential: (min, max, step) => Math.min(max, min * 2 ** (step - 1)),
  }

function part(step: number, steps: number): number {
  return steps > 1 ? (step - 1) / (steps - 1) : 0
}

function readSubscriptionPolicy(text: string): Given {
  const given = members(parsed(text), 'DeliveryPolicy', [
    'healthyRetryPolicy',
    'throttlePolicy',
    'requestPolicy',
    'guaranteed', // A relic that clients still write; false says nothing.
  ])
  if ((given.get('guaranteed') ?? false) !== false) throw refuse('guaranteed is not supported')
  return {
    healthyRetryPolicy: optional(given.get('healthyRetryPolicy'), readRetries),
    throttlePolicy: optional(given.get('throttlePolicy'), readThrottle),
    requestPolicy: optional(given.get('requestPolicy'), (value) => readRequest(value, rawTypes)),
  }
}

function readTopicPolicy(text: string): Given & { readonly isFinal: boolean } {
  const http = members(parsed(text), 'DeliveryPolicy', ['http']).get('http')
  const given = members(http, 'http', [
    'defaultHealthyRetryPolicy',
    'disableSubscriptionOverrides',
    'defaultThrottlePolicy',
    'defaultRequestPolicy',
  ])
  const isFinal = given.get('disableSubscriptionOverrides') ?? false
  if (typeof isFinal !== 'boolean') throw refuse('disableSubscriptionOverrides is true or false')
  return {
    isFinal,
    healthyRetryPolicy: optional(given.get('defaultHealthyRetryPolicy'), readRetries),
    throttlePolicy: optional(given.get('defaultThrottlePolicy'), readThrottle),
    requestPolicy: optional(given.get('defaultRequestPolicy'), (value) =>
      readRequest(value, new Set(envelopeTypes)),
    ),
  }
}

function readRetries(value: unknown): RetryPolicy {
  const given = members(value, 'healthyRetryPolicy', Object.keys(defaultRetries))
  const whole = (name: Exclude<keyof RetryPolicy, 'backoffFunction'>, from: number, to: number): number =>
    wholeNumber(given.get(name) ?? defaultRetries[name], name, from, to)
  const maxDelayTarget = whole('maxDelayTarget', 1, 3_600)
  const numRetries = whole('numRetries', 0, 100)
  const policy: RetryPolicy = {
    minDelayTarget: whole('minDelayTarget', 1, maxDelayTarget),
    maxDelayTarget,
    numRetries,
    numNoDelayRetries: whole('numNoDelayRetries', 0, numRetries),
    numMinDelayRetries: whole('numMinDelayRetries', 0, numRetries),
    numMaxDelayRetries: whole('numMaxDelayRetries', 0, numRetries),
    backoffFunction: readBackoff(given.get('backoffFunction') ?? defaultRetries.backoffFunction),
  }
  if (policy.numNoDelayRetries + policy.numMinDelayRetries + policy.numMaxDelayRetries > numRetries)
    throw refuse('numRetries must be greater than or equal to the sum of the retries of its phases')
  let total = 0
  for (let failures = 1; failures <= numRetries; failures += 1)
    total += retryAfterSeconds(policy, failures) ?? 0
  if (total > totalSecondsMax) throw refuse(`all retries together take more than ${totalSecondsMax} seconds`)
  return policy
}

function readBackoff(value: unknown): Backoff {
  if (typeof value === 'string' && Object.hasOwn(delayAt, value)) return value as Backoff // A key of that table.
  throw refuse('backoffFunction is linear, arithmetic, geometric or exponential')
}

function readThrottle(value: unknown): NonNullable<DeliveryPolicy['throttlePolicy']> {
  const max = members(value, 'throttlePolicy', ['maxReceivesPerSecond']).get('maxReceivesPerSecond')
  if (max === undefined || max === null) return {}
  return { maxReceivesPerSecond: wholeNumber(max, 'maxReceivesPerSecond', 1, 1_000_000) }
}

function readRequest(
  value: unknown,
  types: ReadonlySet<string>,
): NonNullable<DeliveryPolicy['requestPolicy']> {
  const type = members(value, 'requestPolicy', ['headerContentType']).get('headerContentType')
  if (type === undefined || type === null) return {}
  if (typeof type !== 'string' || !types.has(mediaType(type)))
    throw refuse(`headerContentType is one of ${[...types].join(', ')}`)
  return { headerContentType: type }
}

/** A media type without its charset; nothing of what is no such value. */
function mediaType(text: string): string {
  return /^([a-z]+\/[a-z+-]+)(?:; ?charset=[\w-]{1,40})?$/i.exec(text)?.[1]?.toLowerCase() ?? ''
}

function wholeNumber(value: unknown, name: string, from: number, to: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value
  throw refuse(`${name} must be an integer from ${from} to ${to}`)
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value)
}

function members(value: unknown, name: string, known: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(`${name} must be a JSON object`)
  for (const key of Object.keys(value))
    if (!known.includes(key)) throw refuse(`Unexpected JSON member: ${key}`)
  return new Map(Object.entries(value))
}

function refuse(reason: string) {
  return faults.parameter('DeliveryPolicy', reason)
}
