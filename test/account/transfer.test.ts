// Goal: an account that was exported works where it is imported, under another root key; and nothing is taken from a file that is not whole.
// Method: the real commands between two real servers, used through the SDK before and after; then, in this process, one file that is
// spoilt in one way after another, by its key (a passphrase takes half a second to become one) and by its passphrase, and directories
// that may not take it.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { transferKeyOf } from '#core/seal/index.ts'
import { systemWorld } from '#core/world.ts'
import { exportAccount } from '../../src/cli/account/export-account.ts'
import { importAccount } from '../../src/cli/account/import-account.ts'
import {
  checkTransfer,
  readHead,
  type TransferHead,
  type TransferLine,
  TransferWriter,
} from '../../src/cli/account/transfer-file.ts'
import { allowed } from '../clients/expect.ts'
import { sdk } from '../clients/sdk.ts'
import { redoubt } from '../command.ts'
import { administratorOf, directoryFor, type Lifetime, serverFor } from '../server.ts'
import { functionSecret, furnish } from './furnished.ts'

const REDOUBT_EXPORT_PASSPHRASE = 'a passphrase for a journey'
const environment = { REDOUBT_EXPORT_PASSPHRASE }
const world = systemWorld()

test('account: exported beside its server and imported under another root key, everything opens and runs', async (t) => {
  const [place, directory, elsewhere] = [directoryFor(t), directoryFor(t), directoryFor(t)]
  const before = await serverFor(t, { directory, workers: 2 })
  const administrator = administratorOf(before)
  const client = sdk(t, before.url)
  const { account, assertWorks } = await furnish(client, administrator)

  const file = join(place, 'shop.account')
  const exported = await redoubt(
    ['account', 'export', account, '--data', directory, '--out', file, '--with-records'],
    environment,
  )
  assert.equal(exported.ended, 0, exported.printed)
  assert.match(exported.printed, /1 archives of code, [1-9]\d* audit records/)
  assert.equal(statSync(file).mode & 0o077, 0)
  const text = readFileSync(file, 'latin1')
  for (const secret of [administrator.secretAccessKey, functionSecret, 'PRIVATE KEY'])
    assert.ok(!text.includes(secret))
  await before.stop()

  const first = await serverFor(t, { directory: elsewhere })
  const own = administratorOf(first)
  const running = await redoubt(['account', 'import', file, '--data', elsewhere], environment)
  assert.deepEqual([running.ended, /another Redoubt process uses/.test(running.printed)], [1, true])
  await first.stop()
  const imported = await redoubt(['account', 'import', file, '--data', elsewhere], environment)
  assert.equal(imported.ended, 0, imported.printed)

  const after = await serverFor(t, { directory: elsewhere, workers: 2 })
  const there = sdk(t, after.url)
  await assertWorks(there)
  // The other account is what it was.
  const { Account: host } = allowed(await there.call('sts', 'GetCallerIdentity', {}, own))
  assert.notEqual(host, account)

  await after.stop()
  const again = await redoubt(['account', 'import', file, '--data', elsewhere], environment)
  assert.deepEqual([again.ended, /has an account \d+ already/.test(again.printed)], [1, true], again.printed)
})

/** A directory that a server was started on once, and the account of its first start. */
async function founded(t: Lifetime, flags: readonly string[] = []) {
  const directory = directoryFor(t)
  const server = await serverFor(t, { directory, flags })
  const { Account = '' } = allowed(
    await sdk(t, server.url).call('sts', 'GetCallerIdentity', {}, administratorOf(server)),
  )
  await server.stop()
  return { directory, account: Account }
}

test('account: a file that is not whole, another passphrase, an account that is there: refused, and nothing changed', async (t) => {
  await import('../../src/main.ts') // With it come all declarations.
  const [place, from, to] = [directoryFor(t), await founded(t), await founded(t)]
  const china = await founded(t, ['--partition', 'aws-cn'])
  const out = join(place, 'an.account')
  const passphrase = REDOUBT_EXPORT_PASSPHRASE
  await exportAccount(
    { directory: from.directory, account: from.account, out, passphrase, withRecords: false },
    undefined,
    world,
  )
  const whole = readFileSync(out)
  const take = (file: Buffer, directory = to.directory, given = passphrase) => {
    writeFileSync(out, file)
    return importAccount({ directory, file: out, passphrase: given }, { kind: 'file' }, world)
  }
  const database = () => readFileSync(join(to.directory, 'redoubt.db'))
  const kept = database()

  const key = transferKeyOf(passphrase, Buffer.from((await readHead(out)).salt, 'base64'))
  const check = async (file: Buffer) => {
    writeFileSync(out, file)
    await readHead(out)
    return checkTransfer(out, key)
  }
  assert.ok((await check(whole)).documents > 0)
  const flipped = (at: number): Buffer => {
    const file = Buffer.from(whole)
    file[at] = (file[at] ?? 0) ^ (1 << (at % 8))
    return file
  }
  let ran = 0
  for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 400)) {
    await assert.rejects(check(flipped(at)), /damaged|no export of an account|does not know/, `byte ${at}`)
    ran += 1
  }
  const lines = whole.toString('utf8').trimEnd().split('\n')
  const ends: readonly [name: string, file: Buffer, want: RegExp][] = [
    ['cut off', whole.subarray(0, whole.length - 1), /cut off or damaged/],
    ['without its end', Buffer.from(lines.slice(0, -1).join('\n') + '\n'), /cut off or damaged/],
    ['without a document', Buffer.from(lines.toSpliced(1, 1).join('\n') + '\n'), /cut off or damaged/],
    ['with more behind', Buffer.concat([whole, Buffer.from('{}\n')]), /cut off or damaged/],
    ['another file', Buffer.from('{"a":1}\n'), /no export of an account/],
    ['empty', Buffer.alloc(0), /no export of an account/],
  ]
  for (const [name, file, want] of ends) await assert.rejects(check(file), want, name)
  const salted = whole.toString('latin1').replace(/(?<="salt":")./, (first) => (first === 'A' ? 'B' : 'A'))
  await assert.rejects(take(Buffer.from(salted, 'latin1')), /or the beginning of the file is damaged/)
  await assert.rejects(take(flipped(Math.floor(whole.length / 2))), /cut off or damaged/)
  await assert.rejects(take(whole, to.directory, 'another passphrase'), /passphrase is another one/)
  await assert.rejects(take(whole, china.directory), /is of aws-cn/)
  await assert.rejects(take(whole, from.directory), /has an account \d+ already/)
  await assert.rejects(take(whole, place), /is no data directory/)
  assert.ok(ran >= 300 && ends.length === 6, `${ran}`)
  const foreign: readonly [name: string, line: (text: string) => string][] = [
    [
      'a document',
      (text) =>
        text.replace(/^\{"document":\{(.*)"account":"\d{12}"/, '{"document":{$1"account":"999999999999"'),
    ],
    ['a record', () => JSON.stringify({ record: '{"recipientAccountId":"999999999999"}' })],
    [
      'two records in one',
      () => JSON.stringify({ record: `{"recipientAccountId":"${from.account}",\n"x":\n{}}` }),
    ],
    ['no record', () => JSON.stringify({ record: 'null' })],
  ]
  for (const [name, line] of foreign) {
    rmSync(out)
    const writer = new TransferWriter(out, key, JSON.parse(lines[0] ?? '') as TransferHead) // The one of the export.
    for (const text of [...lines.slice(1, -2), line(lines[1] ?? '')])
      writer.add(JSON.parse(text) as TransferLine) // As `transferLines` does.
    writer.end()
    await assert.rejects(take(readFileSync(out)), /and has something of/, name)
  }
  assert.deepEqual(database(), kept, 'not a byte of the database was changed')
  assert.ok(!existsSync(join(to.directory, 'functions', 'code')), 'nor is there code')

  rmSync(out)
  const absent = { directory: from.directory, account: '999999999999', out, passphrase, withRecords: false }
  await assert.rejects(exportAccount(absent, undefined, world), /has no account 999999999999/)
  assert.ok(!existsSync(out) && !existsSync(`${out}.partial`))
  await take(whole)
  await assert.rejects(take(whole), /has an account \d+ already/)
})
