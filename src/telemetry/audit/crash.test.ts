// Goal: kill -9 at any moment loses no record of a call that was answered, and doubles none.
// Method: this file runs itself as a process that commits changes with records over SQLite and says when each is done; it is killed
// at random moments, several times on one directory, and then everything it said is looked for.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import { collection, Head, openStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { killed } from '../../../test/crash.ts'
import { createAuditTrail } from './audit-trail.ts'
import { readRecord } from './stored-record.ts'

const kills = 12
const account = '111122223333' as AccountId // Twelve digits.
const scope = { account, region: 'global' }
const notes = collection<{ eventId: string }>({ service: 'test', type: 'note' })

function openTrail(directory: string) {
  const store = openStore({ directory, head: new Head() })
  const world = systemWorld()
  return {
    store,
    world,
    trail: createAuditTrail({ directory, store, worker: 0, world, log: () => {}, segmentBytesMax: 50_000 }),
  }
}

function called(nowMs: number, operation: string): AuditedCall {
  const envelope = {
    requestId: 'r',
    service: 'iam' as const,
    operation,
    nowMs,
    region: 'us-east-1',
    partition: 'aws',
    sourceIp: '192.0.2.7',
    userAgent: 'x'.repeat(300),
    referer: undefined,
    secureTransport: false,
    calledVia: [],
  }
  const caller = {
    kind: 'root' as const,
    account,
    arn: `arn:aws:iam::${account}:root` as Arn, // Written out.
    userId: account,
    accessKeyId: 'AKIAX',
  }
  return { envelope, caller, account, input: {}, output: {}, fault: undefined, access: [] }
}

/** Commits and records until it is killed; prints the id of each record once its call would be answered. */
async function write(directory: string): Promise<void> {
  const { store, world, trail } = openTrail(directory)
  for (;;) {
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const line = trail.record(called(world.nowMs(), 'CreateUser'))
        const { eventID: eventId } = readRecord(line)
        await store.transact((tx) => {
          tx.put(notes, scope, eventId, { eventId })
          tx.record(line)
        })
        const read = trail.record(called(world.nowMs(), 'GetUser'))
        trail.append(read)
        trail.flush()
        process.stdout.write(`${eventId}\n${readRecord(read).eventID}\n`)
      }),
    )
  }
}

async function main(): Promise<void> {
  const [, , directory] = process.argv
  if (directory !== undefined) return write(directory)

  await test(`crash: ${kills} kills lose and double nothing`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'redoubt-crash-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const acknowledged: string[] = []
    const words = [import.meta.filename, directory]
    for (let kill = 0; kill < kills; kill += 1)
      acknowledged.push(...(await killed({ words, afterMs: (kill * 37) % 60 })))

    const { store, trail } = openTrail(directory)
    await trail.repaired
    const folder = join(directory, 'telemetry', 'audit')
    const records = readdirSync(folder)
      .filter((file) => file.endsWith('.jsonl'))
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'))
      // A kill between making a segment and its first write leaves an empty one.
      .filter((line) => line !== '')
      .map(readRecord)
    const ids = new Set(records.map(({ eventID }) => eventID))
    assert.equal(ids.size, records.length, 'no record is there twice')
    assert.ok(acknowledged.length > kills * 16, String(acknowledged.length))
    for (const id of acknowledged) assert.ok(ids.has(id), `${id} was acknowledged and is lost`)
    const changes = records.filter(({ readOnly }) => !readOnly).map(({ eventID }) => eventID)
    const documents = [...store.read.everywhere(notes)].map(({ id }) => id)
    assert.deepEqual(changes.sort(), documents.sort(), 'every change has its record, every record its change')
    await store.close()
    await trail.close()
  })
}

await main()
