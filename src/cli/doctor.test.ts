// Goal: `redoubt doctor` names each thing that is wrong with a machine, and what to do about it. Method: a sound machine with one
// thing broken a row; what can be broken in files is broken in files, the rest is answered by the row.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { findWorkplace } from '#functions/index.ts'
import { type Finding, look, type Machine, thisMachine } from './doctor.ts'

const sound: Machine = {
  ...thisMachine,
  node: '24.0.0',
  server: () => Promise.resolve(undefined),
  mayWrite: () => true,
  free: () => 64 * 1024 ** 3,
  probe: (port) => Promise.resolve({ port }),
  platform: () => Promise.resolve({ ownUser: true, limits: true, namespaces: true }),
  workplace: () => Promise.resolve('/var/tmp/a'),
  versionOf: (program) => `${program} 1`,
}

const serving = {
  version: '1.0.0',
  pid: 1,
  startedAtMs: 0,
  url: 'http://127.0.0.1:4566',
  workers: 1,
  listeners: [],
  detectors: 0,
}

const taken = (port: number) => Promise.resolve(port === 4566 ? { error: 'EADDRINUSE' } : { port })

interface Row {
  readonly name: string
  readonly machine?: Partial<Machine>
  readonly spoil?: (directory: string) => void
  readonly check: string
  readonly level: Finding['level']
  /** What was found, and what to do. */
  readonly told: RegExp
}

const rows: readonly Row[] = [
  {
    name: 'a Node that is too old',
    machine: { node: '20.20.2' },
    check: 'versions',
    level: 'fail',
    told: /Node 20\.20\.2.*: install Node 24 or later/,
  },
  {
    name: 'another program has the port',
    machine: { probe: taken },
    check: 'port 4566',
    level: 'warn',
    told: /EADDRINUSE.*end what listens there, or choose another/,
  },
  {
    name: 'our own server has the port: nothing to do',
    machine: { probe: taken, server: () => Promise.resolve(serving) },
    check: 'port 4566',
    level: 'ok',
    told: /^is in use by the server$/,
  },
  {
    name: 'another program has the port, our own server another one',
    machine: { probe: taken, server: () => Promise.resolve({ ...serving, url: 'http://127.0.0.1:4567' }) },
    check: 'port 4566',
    level: 'warn',
    told: /EADDRINUSE.*end what listens there/,
  },
  {
    name: 'a disk that is nearly full',
    machine: { free: () => 1024 ** 3 },
    check: 'disk',
    level: 'warn',
    told: /^1\.0 GiB are free: .*make room/,
  },
  {
    name: 'a full disk',
    machine: { free: () => 0 },
    check: 'disk',
    level: 'fail',
    told: /^0\.0 GiB are free: .*will fail; make room/,
  },
  {
    name: 'a clock that was never set',
    machine: { nowMs: () => 0 },
    check: 'clock',
    level: 'fail',
    told: /says 1970: set it/,
  },
  {
    name: "a clock that is not the disk's",
    machine: { nowMs: () => thisMachine.nowMs() + 60_000 },
    check: 'clock',
    level: 'warn',
    told: /differs by \d+ ms: is it another machine's, and which is right/,
  },
  {
    name: 'a directory that others may enter',
    spoil: (at) => chmodSync(at, 0o755),
    check: 'data directory',
    level: 'warn',
    told: /others may enter .*: run chmod 700/,
  },
  {
    name: "another user's directory",
    machine: { mayWrite: () => false },
    check: 'data directory',
    level: 'fail',
    told: /belongs to user \d+.*: run as that user/,
  },
  {
    name: 'a restore that was cut off',
    spoil: (at) => writeFileSync(join(at, 'restore-unfinished'), ''),
    check: 'data directory',
    level: 'fail',
    told: /was cut off: remove the directory, and restore again/,
  },
  {
    name: 'data whose note of its root key is lost',
    spoil: (at) => writeFileSync(join(at, 'redoubt.db'), ''),
    check: 'root key',
    level: 'fail',
    told: /root-key\.json is missing beside data.*: put it back from a backup/,
  },
  {
    name: 'a root key that others may read',
    spoil: (at) => writeFileSync(join(at, 'root.key'), '', { mode: 0o644 }),
    check: 'root key',
    level: 'fail',
    told: /others may read .*: run chmod 600/,
  },
  {
    name: 'records that were found damaged',
    spoil(at) {
      mkdirSync(join(at, 'telemetry'))
      const noted = { file: 'telemetry/a.jsonl', at: 7, foundAtMs: 1 }
      writeFileSync(join(at, 'telemetry/damaged.jsonl'), `${JSON.stringify(noted)}\n`)
    },
    check: 'damaged records',
    level: 'warn',
    told: /^telemetry\/a\.jsonl at byte 7 were passed over.*Look with redoubt verify; restore the files/,
  },
  {
    name: 'neither setpriv nor unshare',
    machine: { platform: () => Promise.resolve({ ownUser: true, limits: false, namespaces: false }) },
    check: 'functions',
    level: 'warn',
    told: /lack the kernel's limits \(needs prlimit and setpriv.*unshare\): run only code that you trust/,
  },
  {
    name: 'not root',
    machine: { platform: () => Promise.resolve({ ownUser: false, limits: true, namespaces: false }) },
    check: 'functions',
    level: 'warn',
    told: /lack users of their own \(needs root\)/,
  },
  {
    name: 'no place for functions',
    machine: { workplace: () => Promise.resolve(undefined) },
    check: 'functions',
    level: 'warn',
    told: /need a folder in \/var\/tmp or \/tmp; make one of these writable/,
  },
  {
    name: 'no python',
    machine: { versionOf: (program) => (program === 'npm' ? '11' : undefined) },
    check: 'python',
    level: 'warn',
    told: /functions in Python needs it; install python3/,
  },
]

test('doctor: each thing that is wrong is named, with what to do', async (t) => {
  for (const { name, machine, spoil, check, level, told } of rows) {
    const directory = directoryFor(t)
    spoil?.(directory)
    const found = await look(directory, { ...sound, ...machine })
    const finding = found.find((each) => each.check === check)
    assert.equal(finding?.level, level, `${name}: ${finding?.told}`)
    assert.match(finding.told, told, name)
    const others = found.filter((each) => each !== finding)
    assert.deepEqual(
      others.filter((each) => each.level !== 'ok'),
      [],
      `${name}: nothing else is wrong`,
    )
  }
  assert.equal(rows.length, 18)
})

test('the place of functions: the first that can be written to, or none', async (t) => {
  const place = directoryFor(t)
  const file = join(place, 'file')
  writeFileSync(file, '')
  assert.equal(await findWorkplace([file]), undefined)
  assert.equal(
    await findWorkplace([file, place]),
    join(place, `redoubt-functions-${process.getuid?.() ?? 0}`),
  )
})

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-doctor-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
