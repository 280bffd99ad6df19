// Goal: the root key is made once, whole, for its owner alone; a wrong, lost or exposed key is told plainly, and nothing that
// exists is ever written over.
// Method: rows in throw-away directories; each refusal is followed by a comparison of the whole directory with what it was. The
// crash test kills real processes in the middle of first starts.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadRootKey, type RootKey, RootKeyError, type RootKeySource } from './index.ts'
import { writeOnce } from './write-file.ts'

const file: RootKeySource = { kind: 'file' }
const passphrase: RootKeySource = { kind: 'passphrase', passphrase: 'a long enough passphrase' }
const environment: RootKeySource = { kind: 'environment', value: Buffer.alloc(32, 7).toString('base64') }

function inDirectory<Result>(work: (directory: string) => Result): Result {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-root-key-'))
  try {
    return work(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function load(source: RootKeySource, directory: string): RootKey {
  return loadRootKey(source, directory, randomBytes).current
}

function contentOf(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => statSync(join(directory, name)).isFile())
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, name), 'latin1')]))
}

for (const source of [file, passphrase, environment]) {
  test(`root key: from ${source.kind}, the second start gets the first one's key`, () => {
    inDirectory((directory) => {
      const data = join(directory, 'deep', 'data')
      const first = load(source, data)
      const before = contentOf(data)
      const second = load(source, data)
      assert.equal(second.id, first.id)
      assert.ok(second.key.equals(first.key))
      assert.deepEqual(contentOf(data), before)
      assert.ok(!JSON.stringify(before).includes('passphrase"'))
      assert.deepEqual(
        Object.keys(before).sort(),
        source.kind === 'file' ? ['root-key.json', 'root.key'] : ['root-key.json'],
      )
    })
  })
}

test('root key: what is made is for the owner alone', { skip: process.platform === 'win32' }, () => {
  inDirectory((directory) => {
    const data = join(directory, 'data')
    load(file, data)
    assert.equal(statSync(data).mode & 0o777, 0o700)
    assert.equal(statSync(join(data, 'root.key')).mode & 0o777, 0o600)
    assert.equal(Buffer.from(readFileSync(join(data, 'root.key'), 'latin1'), 'base64').length, 32)
  })
})

type Refusal = readonly [
  name: string,
  spoil: (directory: string) => void,
  source: RootKeySource,
  want: RegExp,
]

const refusals: readonly Refusal[] = [
  [
    'another key file',
    (at) => writeFileSync(join(at, 'root.key'), Buffer.alloc(32, 9).toString('base64')),
    file,
    /was sealed under root key/,
  ],
  ['a lost key file', (at) => rmSync(join(at, 'root.key')), file, /missing.*no new key was made/],
  ['a cut key file', (at) => writeFileSync(join(at, 'root.key'), 'AAAA'), file, /44 characters/],
  [
    'a key file with a stray character',
    (at) => writeFileSync(join(at, 'root.key'), `!${readFileSync(join(at, 'root.key'), 'latin1')}`),
    file,
    /44 characters/,
  ],
  ['an empty key file', (at) => writeFileSync(join(at, 'root.key'), ''), file, /44 characters/],
  [
    'a key file the group may read',
    (at) => chmodSync(join(at, 'root.key'), 0o640),
    file,
    /mode 0640.*chmod 600/,
  ],
  ['a key file the world may read', (at) => chmodSync(join(at, 'root.key'), 0o604), file, /mode 0604/],
  [
    'a directory in its place',
    (at) => (rmSync(join(at, 'root.key')), mkdirSync(join(at, 'root.key'))),
    file,
    /no regular file/,
  ],
  ['a damaged note', (at) => writeFileSync(join(at, 'root-key.json'), '{"version":1'), file, /is damaged/],
  [
    'a note of a later version',
    (at) => writeFileSync(join(at, 'root-key.json'), '{"version":3,"keyId":"0011223344556677"}'),
    file,
    /was written by a later version/,
  ],
  ['another key in the environment', () => undefined, environment, /give the right REDOUBT_ROOT_KEY/],
  [
    'no key in the environment',
    () => undefined,
    { kind: 'environment', value: 'c2hvcnQ=' },
    /REDOUBT_ROOT_KEY does not hold 32 bytes/,
  ],
  ['a passphrase for a key that has none', () => undefined, passphrase, /comes from no passphrase/],
  ['a short passphrase', () => undefined, { kind: 'passphrase', passphrase: 'short' }, /at least 12/],
]

for (const [name, spoil, source, want] of refusals) {
  test(`root key: ${name} is refused, and nothing is changed`, { skip: process.platform === 'win32' }, () => {
    inDirectory((directory) => {
      load(file, directory)
      spoil(directory)
      const before = contentOf(directory)
      assert.throws(
        () => load(source, directory),
        (error) => error instanceof RootKeyError && want.test(error.message),
      )
      assert.deepEqual(contentOf(directory), before)
    })
  })
}

test('root key: a wrong passphrase is told, and its salt is kept', () => {
  assert.equal(refusals.length, 14)
  inDirectory((directory) => {
    load(passphrase, directory)
    const before = contentOf(directory)
    const wrong: RootKeySource = { kind: 'passphrase', passphrase: 'another long passphrase' }
    assert.throws(() => load(wrong, directory), /give the right passphrase/)
    assert.deepEqual(contentOf(directory), before)
  })
})

test('root key: a key without its note (a crash between the two) gets the note', () => {
  inDirectory((directory) => {
    const first = load(file, directory)
    rmSync(join(directory, 'root-key.json'))
    assert.equal(load(file, directory).id, first.id)
    assert.ok(readdirSync(directory).includes('root-key.json'))
  })
})

for (const source of [file, passphrase, environment]) {
  test(`root key: from ${source.kind}, none is made in the place of one whose note is lost beside its data`, () => {
    inDirectory((directory) => {
      load(source, directory)
      writeFileSync(join(directory, 'redoubt.db'), 'documents')
      rmSync(join(directory, 'root-key.json'))
      const before = contentOf(directory)
      assert.throws(
        () => load(source, directory),
        (error) =>
          error instanceof RootKeyError &&
          /root-key\.json is missing.*no new key was made/.test(error.message),
      )
      assert.deepEqual(contentOf(directory), before)
    })
  })
}

test('write once: the first content stays, and no temporary file does', () => {
  inDirectory((directory) => {
    const path = join(directory, 'name')
    assert.equal(writeOnce(path, 'first', 'a'), true)
    assert.equal(writeOnce(path, 'second', 'b'), false)
    assert.equal(readFileSync(path, 'utf8'), 'first')
    assert.deepEqual(readdirSync(directory), ['name'])
  })
})

test('root key: killed at any moment of a first start, or started twice at once, the key is whole', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-root-key-'))
  const module = new URL('./index.ts', import.meta.url).href
  const program = `
    import { randomBytes } from 'node:crypto'
    import { loadRootKey } from ${JSON.stringify(module)}
    process.stdout.write('ready')
    for (let index = 0; ; index += 1) loadRootKey({ kind: 'file' }, process.argv[1] + '/' + index, randomBytes)`
  try {
    for (let round = 0; round < 3; round += 1) {
      const data = join(directory, String(round))
      const starts = [0, 1].map(() => spawn(process.execPath, ['--input-type=module', '-e', program, data]))
      await Promise.all(starts.map((start) => once(start.stdout, 'data')))
      await new Promise((resolve) => setTimeout(resolve, 20 + 15 * round))
      const ends = starts.map((start) => once(start, 'exit'))
      for (const start of starts) start.kill('SIGKILL')
      await Promise.all(ends)

      const made = readdirSync(data)
      assert.ok(made.length > 0)
      for (const name of made) {
        const first = load(file, join(data, name))
        assert.equal(load(file, join(data, name)).id, first.id)
      }
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})
