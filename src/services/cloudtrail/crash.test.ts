// Goal: kill -9 at any moment, also within a delivery, loses no record of a trail.
// Method: this file runs itself as a process that commits and records changes and delivers them at the same time; it says when each is
// done, is killed at random moments, several times on one directory, and then everything that it said is looked for in the bucket.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { AccountId, Arn } from '#core/arn.ts'
import type { AuditedCall } from '#core/audit.ts'
import { collection, Head, openStore } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { createAuditTrail, readRecord } from '#telemetry/index.ts'
import { killed } from '../../../test/crash.ts'
import { trails } from './documents.ts'
import { allManagementEvents } from './selectors.ts'
import { begun } from './spans.ts'
import { createTrailRunner } from './trail-runner.ts'

const kills = 8
const account = '111122223333' as AccountId // Twelve digits.
const region = 'us-east-1'
const notes = collection<{ at: number }>({ service: 'test', type: 'note' })
const everything = { isMultiRegion: true, includeGlobalServiceEvents: true, selectors: allManagementEvents }

function open(directory: string) {
  const store = openStore({ directory, head: new Head() })
  const world = systemWorld()
  const audit = createAuditTrail({
    directory,
    store,
    worker: 0,
    world,
    log: () => {},
    segmentBytesMax: 20_000,
  })
  const runner = createTrailRunner({
    ...{ store, world, audit, buckets: join(directory, 'buckets') },
    callAsService: () => assert.fail('there is no log group'),
    log: ({ event }) => assert.fail(event),
  })
  return { store, world, audit, runner }
}

function called(nowMs: number): AuditedCall {
  const envelope = {
    ...{ requestId: 'r', service: 'iam' as const, operation: 'CreateUser', nowMs, region, partition: 'aws' },
    ...{ sourceIp: '192.0.2.7', userAgent: 'x'.repeat(300), referer: undefined },
    ...{ secureTransport: false, calledVia: [] },
  }
  const arn = `arn:aws:iam::${account}:root` as Arn // Written out.
  const caller = { kind: 'root' as const, account, arn, userId: account, accessKeyId: 'AKIAX' }
  return { envelope, caller, account, input: {}, output: {}, fault: undefined, access: [] }
}

/** Records and delivers until it is killed; prints the id of each record once its call would be answered. */
async function run(directory: string): Promise<void> {
  const { store, world, audit, runner } = open(directory)
  if (!store.read.get(trails, { account, region }, 'main'))
    await store.transact((tx) =>
      tx.put(trails, { account, region }, 'main', {
        ...everything,
        ...{ arn: `arn:aws:cloudtrail:${region}:${account}:trail/main` as Arn, name: 'main', id: 'only' }, // Written out.
        ...{ account, region, bucket: 'logs', tags: {}, createdAtMs: 0, toBucket: { cursor: {} } },
        spans: begun([], everything, 0),
      }),
    )
  void (async () => {
    for (;;) {
      await runner.pass()
      await sleep(1)
    }
  })()
  for (let at = 0; ; at += 1) {
    const line = audit.record(called(world.nowMs()))
    await store.transact((tx) => {
      tx.put(notes, { account, region }, 'only', { at })
      tx.record(line)
    })
    const read = audit.record(called(world.nowMs()))
    audit.append(read)
    audit.flush()
    process.stdout.write(`${readRecord(line).eventID}\n${readRecord(read).eventID}\n`)
    await sleep(1)
  }
}

function recordsIn(path: string): readonly { readonly eventID: string }[] {
  const { Records } = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as {
    readonly Records: readonly { readonly eventID: string }[]
  } // The test looks at what it finds.
  return Records
}

async function main(): Promise<void> {
  const [, , directory] = process.argv
  if (directory !== undefined) return run(directory)

  await test(`crash: ${kills} kills lose no record of a trail`, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'redoubt-trail-crash-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const acknowledged: string[] = []
    const words = [import.meta.filename, directory]
    for (let kill = 0; kill < kills; kill += 1)
      acknowledged.push(...(await killed({ words, afterMs: (kill * 41) % 130 })))
    const { store, audit, runner } = open(directory)
    await runner.pass()
    const buckets = join(directory, 'buckets')
    const files = readdirSync(buckets, { recursive: true, encoding: 'utf8' })
    const records = files
      .filter((file) => file.endsWith('.json.gz'))
      .flatMap((file) => recordsIn(join(buckets, file)))
    const ids = new Set(records.map(({ eventID }) => eventID))
    assert.ok(acknowledged.length > kills * 4, String(acknowledged.length))
    for (const id of acknowledged) assert.ok(ids.has(id), `${id} was acknowledged and is lost`)
    const twice = records.length - ids.size
    // A kill doubles what a delivery had written and not noted yet: on a busy machine that may be much of it.
    assert.ok(twice < ids.size, `${twice} of ${records.length} came twice`)
    await runner.close()
    await store.close()
    await audit.close()
  })
}

await main()
