import { parseArn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import { Missing } from '#core/resource.ts'
import type { LiveTailSessionLogEvent, StartLiveTailRequest } from '#models/logs.d.ts'
import { onGroup } from './access.ts'
import { findGroupByIdentifier } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import type { GroupDocument } from './documents.ts'
import { faults } from './faults.ts'
import { createTail } from './live-tail-reader.ts'
import { patternOf } from './patterns.ts'
import { quotas } from './quotas.ts'

/** Sessions that run, by account, in this worker. */
const running = new Map<string, number>()

/** How often a session is told what arrived. Source: API Reference, LiveTailSessionUpdate: once a second. */
const everyMs = 1_000

/**
 * Tells what arrives in groups from now on, for three hours at most: up to 500 events a second, and of more a sample.
 * Faults: InvalidParameterException; ResourceNotFoundException; LimitExceededException beyond 15 sessions of an account in a worker.
 * Source: CloudWatch Logs API Reference, StartLiveTail; User Guide, "CloudWatch Logs quotas".
 */
export const StartLiveTail = logs('StartLiveTail', {
  target: ({ logGroupIdentifiers }, call) => findAll(call, logGroupIdentifiers),
  access: (groups, _, call) => Object.values(groups).map((group) => onGroup(call, 'StartLiveTail', group)),
  async prepare({ target, input, call }) {
    requireChoice(input)
    const { matches } = patternOf(input.logEventFilterPattern ?? '')
    if ((running.get(call.account) ?? 0) >= quotas.liveTails)
      throw faults.limit('Concurrent Live Tail sessions limit exceeded.')
    const groups = Object.values(target).filter((group) => !(group instanceof Missing))
    const cursor = await call.parts.logs.arrived()
    return { groups, tail: createTail({ parts: call.parts, groups, cursor, input, matches }) }
  },
  run({ input, call, prepared: { tail } }) {
    const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes, logEventFilterPattern } = input
    const start = {
      sessionId: uuid(call.randomBytes),
      requestId: uuid(call.randomBytes),
      logGroupIdentifiers,
      logStreamNames: logStreamNames ?? [],
      logStreamNamePrefixes: logStreamNamePrefixes ?? [],
      logEventFilterPattern: logEventFilterPattern ?? '',
    }
    return { responseStream: sessionOf(call, start, tail) }
  },
})

function findAll(
  call: LogsCall,
  identifiers: readonly string[],
): Readonly<Record<string, GroupDocument | Missing>> {
  if (identifiers.some((one) => parseArn(one) === undefined || one.endsWith('*')))
    throw faults.invalid(
      'The log groups of a Live Tail session are named by their ARNs, without an asterisk.',
    )
  return Object.fromEntries(
    identifiers.map((identifier, index) => [`group${index}`, findGroupByIdentifier(call, identifier)]),
  )
}

function requireChoice({
  logGroupIdentifiers,
  logStreamNames,
  logStreamNamePrefixes,
}: StartLiveTailRequest): void {
  if (logStreamNames !== undefined && logStreamNamePrefixes !== undefined)
    throw faults.invalid('logStreamNames and logStreamNamePrefixes are mutually exclusive.')
  if ((logStreamNames ?? logStreamNamePrefixes) !== undefined && logGroupIdentifiers.length !== 1)
    throw faults.invalid('Log streams can be chosen of a single log group alone.')
}

type Event = readonly [name: string, members: Readonly<Record<string, unknown>>]

/** The events of a session; nothing of it runs before it is first asked. */
async function* sessionOf(
  { account, parts }: LogsCall,
  start: object,
  tail: () => Promise<
    { readonly events: readonly LiveTailSessionLogEvent[]; readonly sampled: boolean } | undefined
  >,
): AsyncGenerator<Event> {
  running.set(account, (running.get(account) ?? 0) + 1)
  try {
    yield ['sessionStart', { ...start }]
    for (let n = 0; n < quotas.liveTailMs / everyMs; n += 1) {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      parts.world.after(everyMs, () => resolve(undefined))
      await promise
      if (parts.isEnding?.() === true) return
      const told = await tail()
      if (!told) return yield ['SessionStreamingException', { message: 'A log group can no longer be read.' }]
      yield ['sessionUpdate', { sessionMetadata: { sampled: told.sampled }, sessionResults: told.events }]
    }
    yield ['SessionTimeoutException', { message: 'The session has lasted three hours.' }]
  } finally {
    running.set(account, (running.get(account) ?? 1) - 1)
  }
}
