// Goal: a backup that is made while others write holds all that was acknowledged before, works when it is restored, and is never
// believed when it was changed.
// Method: the real commands beside a real server of two workers under writes; then, in this process, one backup that is spoilt in one
// way after another.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { DocumentRow } from '#core/store/change-log.ts'
import { documentSum } from '#core/store/checksums.ts'
import { systemWorld } from '#core/world.ts'
import { makeBackup } from '../../src/cli/backup/make-backup.ts'
import { restoreBackup } from '../../src/cli/backup/restore-backup.ts'
import { keyOfFile, verifyBackup } from '../../src/cli/backup/verify-backup.ts'
import { allowed } from '../clients/expect.ts'
import { sdk } from '../clients/sdk.ts'
import { redoubt } from '../command.ts'
import { fill } from '../root-key/vault.ts'
import { administratorOf, directoryFor, serverFor } from '../server.ts'

test('backup: made under writes, it restores to what was acknowledged before, and works', async (t) => {
  const [place, directory] = [directoryFor(t), directoryFor(t)]
  const before = await serverFor(t, { directory, workers: 2 })
  const administrator = administratorOf(before)
  const client = sdk(t, before.url)
  const { KeyMetadata } = allowed(await client.call('kms', 'CreateKey', {}, administrator))
  const KeyId = KeyMetadata?.KeyId ?? ''
  const Plaintext = Buffer.from('what must not be lost')
  const { CiphertextBlob } = allowed(await client.call('kms', 'Encrypt', { KeyId, Plaintext }, administrator))

  const acknowledged: string[] = []
  const writing = new AbortController()
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; !writing.signal.aborted; n += 1) {
      const UserName = `user-${writer}-${n}`
      allowed(await client.call('iam', 'CreateUser', { UserName }, administrator))
      acknowledged.push(UserName)
    }
  }
  const writers = [0, 1, 2, 3].map(write)
  while (acknowledged.length < 40) await new Promise((resolve) => setTimeout(resolve, 10))

  const early = [...acknowledged]
  const backup = join(place, 'backup')
  const made = await redoubt(['backup', '--data', directory, '--out', backup])
  assert.equal(made.ended, 0, made.printed)
  assert.match(made.printed, /Not in it: the root key/)
  writing.abort()
  await Promise.all(writers)
  assert.ok(acknowledged.length > early.length, 'others wrote meanwhile')
  const rootKey = join(directory, 'root.key')
  for (const name of readdirSync(backup, { recursive: true, encoding: 'utf8' }))
    assert.ok(!name.endsWith('root.key') && !name.includes('control'), name)

  const verified = await redoubt(['backup', 'verify', backup, '--root-key', rootKey])
  assert.equal(verified.ended, 0, verified.printed)
  assert.match(verified.printed, /[1-9]\d* sealed texts open.*\nThe backup is whole/)
  const unopened = await redoubt(['backup', 'verify', backup])
  assert.match(unopened.printed, /NOT opened/)
  await before.kill()

  const restored = join(place, 'restored')
  const done = await redoubt(['restore', backup, '--data', restored])
  assert.equal(done.ended, 0, done.printed)
  assert.match(done.printed, /The root key was not in the backup: put it back/)
  cpSync(rootKey, join(restored, 'root.key'))
  const after = await serverFor(t, { directory: restored })
  const again = sdk(t, after.url)
  for (const UserName of early) allowed(await again.call('iam', 'GetUser', { UserName }, administrator))
  const decrypted = allowed(await again.call('kms', 'Decrypt', { CiphertextBlob }, administrator))
  assert.equal(Buffer.from(decrypted.Plaintext ?? []).toString(), Plaintext.toString())
  const LookupAttributes = [{ AttributeKey: 'ResourceName' as const, AttributeValue: early[0] ?? '' }]
  const { Events = [] } = allowed(
    await again.call('cloudtrail', 'LookupEvents', { LookupAttributes }, administrator),
  )
  assert.ok(
    Events.some(({ EventName }) => EventName === 'CreateUser'),
    'its trail was restored too',
  )
})

/** Changes a backup; gives what is to be said of it, by verify and by restore. */
const spoilt: readonly [name: string, spoil: (backup: string) => void, verify: RegExp, restore: RegExp][] = [
  [
    'a file with a flipped bit',
    (at) => flip(join(at, 'telemetry', 'audit', '2026-01-01-0-000001.jsonl')),
    /audit\S+ was changed/,
    /not as it was backed up: nothing was restored/,
  ],
  [
    'a database with a flipped bit',
    (at) => flip(join(at, 'redoubt.db')),
    /redoubt\.db was changed/,
    /redoubt\.db is not as it was/,
  ],
  [
    'a missing file',
    (at) => rmSync(join(at, 'telemetry', 'audit', '2026-01-01-0-000001.jsonl')),
    /is missing/,
    /is missing: nothing was restored/,
  ],
  [
    'a backup that was cut off',
    (at) => rmSync(join(at, 'backup.json')),
    /no whole backup/,
    /no whole backup/,
  ],
  [
    'a damaged description',
    (at) => writeFileSync(join(at, 'backup.json'), '{"format":1'),
    /is damaged, or of a later version/,
    /is damaged, or of a later version/,
  ],
  [
    'a description that leads elsewhere',
    (at) => rename(at, 'root-key.json', '../../root-key.json'),
    /is damaged, or of a later version/,
    /is damaged, or of a later version/,
  ],
]

const world = systemWorld()
const quiet = (): void => undefined
const make = (directory: string, out: string, withRootKey = false) =>
  makeBackup({ directory, out, withRootKey }, world, quiet)

/** What is said of a backup: its problems, or why nothing was done. */
async function saidOf(backup: string, rootKey?: string): Promise<string> {
  try {
    const source = rootKey === undefined ? undefined : keyOfFile(rootKey)
    const { documents, opened, problems } = await verifyBackup(backup, source, world, quiet)
    return problems.length > 0 ? problems.join('\n') : `whole: ${documents} documents, ${opened} opened`
  } catch (error) {
    return String(error)
  }
}

test('backup: what was changed is told, and not restored', async (t) => {
  const [place, directory] = [directoryFor(t), directoryFor(t)]
  await fill(directory, 3)
  cpSync(import.meta.filename, join(directory, 'telemetry', 'audit', '2026-01-01-0-000001.jsonl'))
  const whole = join(place, 'whole')
  await make(directory, whole, true)
  assert.equal(await saidOf(whole), 'whole: 3 documents, 3 opened')

  let ran = 0
  for (const [name, spoil, verify, restore] of spoilt) {
    const [backup, target] = [join(place, 'spoilt'), join(place, 'target')]
    cpSync(whole, backup, { recursive: true })
    spoil(backup)
    assert.match(await saidOf(backup), verify, name)
    await assert.rejects(restoreBackup(backup, target, quiet), restore, name)
    assert.deepEqual(existsSync(target) ? readdirSync(target) : [], [], name)
    rmSync(backup, { recursive: true })
    ran += 1
  }
  assert.equal(ran, 6)
})

test('backup: another root key is refused, and a text that does not open is named', async (t) => {
  const [place, directory] = [directoryFor(t), directoryFor(t)]
  await fill(directory, 2)
  const database = new DatabaseSync(join(directory, 'redoubt.db'))
  // Moved to another document: whole, but not its own.
  const [first, second] = database
    .prepare('SELECT row, shelf, id, version, body FROM documents ORDER BY id')
    .all() as unknown as DocumentRow[] // The table's columns.
  assert.ok(first && second?.id === 'FILLED1')
  const moved = { ...second, body: first.body }
  database
    .prepare('UPDATE documents SET body = ?, sum = ? WHERE row = ?')
    .run(moved.body, documentSum(moved), moved.row)
  database.close()
  const backup = join(place, 'backup')
  await make(directory, backup)
  assert.equal(
    await saidOf(backup, join(directory, 'root.key')),
    'a sealed text of iam/access-key FILLED1 of 999999999999/global does not open',
  )
  const other = join(place, 'other.key')
  writeFileSync(other, Buffer.alloc(32, 1).toString('base64'))
  assert.match(await saidOf(backup, other), /sealed under root key [0-9a-f]{16}, and this is root key/)
})

test('backup: what is there already is not written over', async (t) => {
  const [place, directory] = [directoryFor(t), directoryFor(t)]
  await fill(directory, 1)
  const rows: readonly [name: string, data: string, out: string, want: RegExp][] = [
    ['no data directory', place, join(place, 'a'), /is no data directory: name it with --data/],
    ['within itself', directory, join(directory, 'b'), /within the data directory/],
    ['itself', directory, directory, /within the data directory/],
    ['a full folder', directory, place, /is not empty: name another folder/],
  ]
  writeFileSync(join(place, 'something'), '')
  for (const [name, data, out, want] of rows) await assert.rejects(make(data, out), want, name)
  assert.equal(rows.length, 4)
  rmSync(join(directory, 'root.key'))
  await assert.rejects(make(directory, join(place, 'd'), true), /leave out --with-root-key/)

  const backup = join(place, 'backup')
  await make(directory, backup)
  await assert.rejects(restoreBackup(backup, directory, quiet), /is not empty: name a new directory/)
  assert.ok(existsSync(join(directory, 'redoubt.db')), 'what was there stays')
})

test('backup: no server takes a directory whose restore was cut off', async (t) => {
  const directory = directoryFor(t)
  await fill(directory, 1)
  writeFileSync(join(directory, 'restore-unfinished'), '')
  const { ended, printed } = await redoubt(['serve', '--port', '0', '--data', directory])
  assert.equal(ended, 1)
  assert.match(printed, /^redoubt: a restore into .* was cut off: remove the directory, and restore again\n$/)
})

function flip(path: string): void {
  const bytes = readFileSync(path)
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

function rename(backup: string, path: string, to: string): void {
  const file = join(backup, 'backup.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace(`"${path}"`, `"${to}"`))
}

test('backup: what detection remembers is that of its cursors, though it was saved meanwhile', async (t) => {
  const [place, directory] = [directoryFor(t), directoryFor(t)]
  await fill(directory, 1)
  const folder = join('telemetry', 'detection')
  mkdirSync(join(directory, folder), { recursive: true })
  const state = (generation: number) => `one.${generation}.detection.summed.jsonl`
  const save = (generation: number): void => {
    writeFileSync(join(directory, folder, state(generation)), `${generation}`)
    writeFileSync(join(directory, folder, 'cursors.summed.jsonl'), `${generation}`)
    rmSync(join(directory, folder, state(generation - 1)), { force: true })
  }
  save(1)
  let saved = 1
  const out = join(place, 'backup')
  await makeBackup({ directory, out, withRootKey: false }, world, (what) => {
    if (saved < 3 && what !== 'code' && what !== 'database') save(++saved)
  })
  assert.equal(saved, 3)
  const cursors = readFileSync(join(out, folder, 'cursors.summed.jsonl'), 'utf8')
  assert.deepEqual(readdirSync(join(out, folder)).sort(), ['cursors.summed.jsonl', state(Number(cursors))])
  assert.match(await saidOf(out), /^whole: 1 documents/)
})

test('backup: files of buckets are in it whatever they are called', async (t) => {
  const [place, directory] = [directoryFor(t), directoryFor(t)]
  await fill(directory, 1)
  const names = ['a.new', 'a.partial', 'a.tmp', 'lock', 'root.key']
  mkdirSync(join(directory, 'buckets', 'lists'), { recursive: true })
  for (const name of names) writeFileSync(join(directory, 'buckets', 'lists', name), name)
  const out = join(place, 'backup')
  await make(directory, out)
  assert.deepEqual(readdirSync(join(out, 'buckets', 'lists')).sort(), names)
})
