// Writers that remember what was acknowledged, and the comparison of that with what a server has.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Client } from '../test/clients/client.ts'
import { until } from '../test/clients/edge-rig.ts'
import { allowed } from '../test/clients/expect.ts'
import { eventSource, functionLogs, logGroupName, logStreamName, type Place, queueName } from './place.ts'

/** The ways to write something down. */
export const kinds = ['users', 'messages', 'events', 'lines', 'keys'] as const
export type Kind = (typeof kinds)[number]

/** What a server has said that it has done. */
export class Acknowledged {
  readonly users = new Set<string>()
  readonly messages = new Set<string>()
  readonly events = new Set<string>()
  readonly lines = new Set<string>()
  /** Ciphertexts by key: the key's material is a secret that must open. */
  readonly keys = new Map<string, Uint8Array>()

  get total(): number {
    return kinds.reduce((sum, kind) => sum + this[kind].size, 0)
  }
}

/** One write; an answer that is no success is given back. */
type Write = (client: Client, place: Place, name: string, told: Acknowledged) => Promise<Answer<unknown>>

const writes: Readonly<Record<Kind, Write>> = {
  async users(client, { as }, name, { users }) {
    const answer = await client.call('iam', 'CreateUser', { UserName: name }, as)
    if (answer.ok) users.add(name)
    return answer
  },
  async messages(client, place, name, { messages }) {
    const message = { QueueUrl: queueUrlOf(place), MessageBody: name }
    const answer = await client.call('sqs', 'SendMessage', message, place.as)
    if (answer.ok) messages.add(name)
    return answer
  },
  async events(client, { as }, name, { events }) {
    const entry = { Source: eventSource, DetailType: 'load', Detail: JSON.stringify({ number: name }) }
    const answer = await client.call('events', 'PutEvents', { Entries: [entry] }, as)
    if (answer.ok && answer.output.FailedEntryCount === 0) events.add(name)
    return answer
  },
  async lines(client, { as }, name, { lines }) {
    const logEvents = [{ timestamp: Date.now(), message: name }]
    const answer = await client.call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents }, as)
    if (answer.ok) lines.add(name)
    return answer
  },
  async keys(client, { as }, name, { keys }) {
    const made = await client.call('kms', 'CreateKey', { Description: name }, as)
    const KeyId = made.ok ? made.output.KeyMetadata?.KeyId : undefined
    if (KeyId === undefined) return made
    const answer = await client.call('kms', 'Encrypt', { KeyId, Plaintext: Buffer.from(name) }, as)
    if (answer.ok && answer.output.CiphertextBlob) keys.set(name, answer.output.CiphertextBlob)
    return answer
  },
}

/** Writers at work. */
export interface Load {
  /** Ends them, and answers what they were refused with, each kind of refusal once. */
  stop(): Promise<readonly string[]>
}

/** One writer of each kind, each with one write after another until it is stopped. `round` makes their names unlike any before. */
export function startLoad(
  client: Client,
  place: Place,
  told: Acknowledged,
  round: string,
  which: readonly Kind[] = kinds,
): Load {
  const refusals = new Set<string>()
  const stopping = new AbortController()
  const writers = which.map(async (kind) => {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const answer = await attempt(() => writes[kind](client, place, `${kind}-${round}-${number}`, told))
      if (answer.ok) continue
      refusals.add(`${kind}: ${answer.code}`)
      await sleep(20)
    }
  })
  return {
    async stop() {
      stopping.abort()
      await Promise.all(writers)
      return [...refusals].toSorted()
    },
  }
}

/** Asserts that a server has all that was acknowledged, that nothing is there by half, and that the trail tells of it. */
export async function assertAllThere(
  client: Client,
  place: Place,
  told: Acknowledged,
  { events = true }: { readonly events?: boolean } = {},
): Promise<void> {
  const { as } = place
  missing('user', told.users, await usersOf(client, place))
  const recorded = new Set(await recordsOfUsers(client, place))
  missing('record of a user', told.users, recorded)
  for (const user of await usersOf(client, place))
    assert.ok(recorded.has(user), `the user ${user} is there and no record of it`)
  missing('line', told.lines, new Set(await messagesOf(client, place, logGroupName)))
  for (const [name, CiphertextBlob] of told.keys) {
    const { Plaintext = [] } = allowed(await client.call('kms', 'Decrypt', { CiphertextBlob }, as))
    assert.equal(Buffer.from(Plaintext).toString(), name, 'every secret opens')
  }
  const messages = new Set<string>()
  for (;;) {
    const wanted = { QueueUrl: queueUrlOf(place), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }
    const { Messages = [] } = allowed(await client.call('sqs', 'ReceiveMessage', wanted, as))
    if (Messages.length === 0) break
    for (const { Body = '', ReceiptHandle = '' } of Messages) {
      messages.add(Body)
      allowed(await client.call('sqs', 'DeleteMessage', { QueueUrl: wanted.QueueUrl, ReceiptHandle }, as))
    }
  }
  missing('message', told.messages, messages)
  told.messages.clear() // They have been taken out.
  if (!events) return
  const unheard = async (): Promise<readonly string[]> => {
    const lines = await messagesOf(client, place, functionLogs)
    const heard = new Set(lines.flatMap((line) => /heard (\S+)/.exec(line)?.[1] ?? []))
    return [...told.events].filter((name) => !heard.has(name))
  }
  await until(eventsMsMax, unheard, (names) => names.length === 0)
}

/** How long a function may take to hear of all that was accepted. Units: milliseconds. */
const eventsMsMax = 20_000

function missing(what: string, told: ReadonlySet<string>, found: ReadonlySet<string>): void {
  const lost = [...told].filter((name) => !found.has(name))
  assert.deepEqual(lost, [], `${lost.length} of ${told.size} acknowledged are lost: ${what}`)
}

function queueUrlOf({ account }: Place): string {
  return `http://sqs/${account}/${queueName}` // The host plays no part.
}

async function usersOf(client: Client, { as }: Place): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (let Marker: string | undefined; ;) {
    const page = allowed(
      await client.call('iam', 'ListUsers', { MaxItems: 1000, ...(Marker && { Marker }) }, as),
    )
    for (const { UserName } of page.Users) if (UserName.startsWith('users-')) names.add(UserName)
    Marker = page.Marker
    if (Marker === undefined) return names
  }
}

async function recordsOfUsers(client: Client, { as }: Place): Promise<readonly string[]> {
  const names: string[] = []
  const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'CreateUser' }]
  for (let NextToken: string | undefined; ;) {
    const wanted = { LookupAttributes, MaxResults: 50, ...(NextToken && { NextToken }) }
    const page = allowed(await client.call('cloudtrail', 'LookupEvents', wanted, as))
    for (const { CloudTrailEvent = '{}' } of page.Events ?? []) {
      const { requestParameters, errorCode } = JSON.parse(CloudTrailEvent) as {
        requestParameters?: { userName?: string }
        errorCode?: string
      }
      if (requestParameters?.userName !== undefined && errorCode === undefined)
        names.push(requestParameters.userName)
    }
    NextToken = page.NextToken
    if (NextToken === undefined) break
  }
  assert.equal(new Set(names).size, names.length, 'a user has one record of its making')
  return names
}

async function messagesOf(client: Client, { as }: Place, group: string): Promise<readonly string[]> {
  const lines: string[] = []
  for (let nextToken: string | undefined; ;) {
    const wanted = { logGroupName: group, ...(nextToken && { nextToken }) }
    const answer = await client.call('logs', 'FilterLogEvents', wanted, as)
    if (!answer.ok && answer.code === 'ResourceNotFoundException') return lines // Nothing was logged yet.
    const page = allowed(answer)
    for (const { message = '' } of page.events ?? []) lines.push(message)
    nextToken = page.nextToken
    if (nextToken === undefined) return lines
  }
}

/** A call whose connection broke has no answer: it is a refusal like any other. */
async function attempt(call: () => Promise<Answer<unknown>>): Promise<Answer<unknown>> {
  try {
    return await call()
  } catch (error) {
    return { ok: false, code: error instanceof Error ? error.name : 'Error', message: String(error) }
  }
}
