// What clients do in a soak: one of each kind, each with one turn after another.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../test/clients/client.ts'
import { allowed } from '../test/clients/expect.ts'
import type { Ask } from './guarded-edge.ts'
import { mean } from './figures.ts'
import { eventSource, functionName, logGroupName, logStreamName, type Place, queueName } from './place.ts'

/** The processes that are looked at apart: the server's own, the edge's, and those of functions. */
export const parts = ['daemon', 'edge', 'functions'] as const
export type Part = (typeof parts)[number]

/** What turns need. */
export interface Ground {
  readonly client: Client
  readonly place: Place
  readonly ask: Ask
}

/** A kind of client; `of` is whose time its turns show. */
export interface Kind {
  readonly name: string
  readonly of: Part
  readonly turn: (ground: Ground, number: number) => Promise<unknown>
}

export const mix: readonly Kind[] = [
  {
    name: 'reads and writes of IAM',
    of: 'daemon',
    async turn({ client, place: { as } }, number) {
      const UserName = `soak-${number % 50}`
      await client.call('iam', 'CreateUser', { UserName }, as) // There already, mostly.
      allowed(
        await client.call('iam', 'TagUser', { UserName, Tags: [{ Key: 'n', Value: String(number) }] }, as),
      )
      allowed(await client.call('iam', 'GetUser', { UserName }, as))
    },
  },
  {
    name: 'keys in use',
    of: 'daemon',
    async turn({ client, place: { as, keyId: KeyId } }) {
      const { CiphertextBlob } = allowed(
        await client.call('kms', 'Encrypt', { KeyId, Plaintext: Buffer.from('soak') }, as),
      )
      allowed(await client.call('kms', 'Decrypt', { CiphertextBlob }, as))
    },
  },
  {
    name: 'messages',
    of: 'daemon',
    async turn({ client, place: { as, account } }) {
      const QueueUrl = `http://sqs/${account}/${queueName}`
      allowed(await client.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'soak' }, as))
      const { Messages = [] } = allowed(await client.call('sqs', 'ReceiveMessage', { QueueUrl }, as))
      for (const { ReceiptHandle = '' } of Messages)
        allowed(await client.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle }, as))
    },
  },
  {
    name: 'log lines',
    of: 'daemon',
    async turn({ client, place: { as } }, number) {
      const logEvents = [{ timestamp: Date.now(), message: `soak ${number}` }]
      allowed(await client.call('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents }, as))
    },
  },
  {
    name: 'events to a function',
    of: 'daemon',
    async turn({ client, place: { as } }, number) {
      const Entries = [{ Source: eventSource, DetailType: 'soak', Detail: JSON.stringify({ number }) }]
      const { FailedEntryCount } = allowed(await client.call('events', 'PutEvents', { Entries }, as))
      assert.equal(FailedEntryCount, 0)
    },
  },
  { name: 'customers at the edge', of: 'edge', turn: async ({ ask }) => assert.equal(await ask(), 200) },
  {
    name: 'invocations',
    of: 'functions',
    async turn({ client, place: { as } }, number) {
      const Payload = Buffer.from(JSON.stringify({ detail: { number } }))
      const given = { FunctionName: functionName, Payload }
      const { FunctionError } = allowed(await client.call('lambda', 'Invoke', given, as))
      assert.equal(FunctionError, undefined)
    },
  },
]

/** How long each turn of a kind took. Units: milliseconds. */
export type Turns = ReadonlyMap<Kind, readonly number[]>

/** Has every kind of client work for a while, each with its own rest between turns. Units: milliseconds. */
export async function spin(
  ground: Ground,
  forMs: number,
  restMs: (kind: Kind) => number,
  numbers: { next: number },
): Promise<Turns> {
  const untilMs = performance.now() + forMs
  const worked = mix.map(async (kind) => {
    const turns: number[] = []
    while (performance.now() < untilMs) {
      const begunAtMs = performance.now()
      await kind.turn(ground, (numbers.next += 1))
      turns.push(performance.now() - begunAtMs)
      await sleep(restMs(kind))
    }
    return [kind, turns] as const
  })
  return new Map(await Promise.all(worked))
}

/** As long a rest as a turn takes without one, which is half of the rate. Units: milliseconds. */
export function halfOf(full: Turns): (kind: Kind) => number {
  return (kind) => mean(full.get(kind) ?? [])
}
