// Goal: at whatever point a move to another root key is cut off, the next start finds one root key, and all that was ever sealed
// opens. Method: the directory is copied at every point between two writes, for every kind of source; each copy is started.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import {
  adoptRootKey,
  createSeal,
  finishRootKey,
  loadRootKey,
  makeNextRootKey,
  retiredKeysMax,
  RootKeyError,
  type RootKeySource,
  rootKeysOf,
  type RootKeyState,
} from './index.ts'

const file: RootKeySource = { kind: 'file' }
const passphrase: RootKeySource = { kind: 'passphrase', passphrase: 'a long enough passphrase' }
const environment = (fill: number): RootKeySource => ({
  kind: 'environment',
  value: Buffer.alloc(32, fill).toString('base64'),
})

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-rotate-'))
  t.after(() => rmSync(directory, { recursive: true }))
  return directory
}

function load(source: RootKeySource, directory: string): RootKeyState {
  return loadRootKey(source, directory, randomBytes)
}

function sealOf(state: RootKeyState) {
  return createSeal({ ...rootKeysOf(state), randomBytes })
}

const moves: readonly [name: string, from: RootKeySource, to: RootKeySource][] = [
  ['a file', file, file],
  ['a passphrase, with another salt', passphrase, passphrase],
  ['the environment', environment(1), environment(2)],
  ['a file to a passphrase', file, passphrase],
  ['a file to the environment', file, environment(3)],
  ['a passphrase to a file', passphrase, file],
]

for (const [name, from, to] of moves) {
  test(`rotation: ${name}: cut off between any two writes, all opens`, (t) => {
    assert.equal(moves.length, 6)
    const directory = directoryFor(t)
    const data = join(directory, 'data')
    const points: { readonly at: string; readonly source: RootKeySource; readonly keyId: string }[] = []
    const copy = (at: string, source: RootKeySource, keyId: string): string => {
      cpSync(data, join(directory, at), { recursive: true })
      points.push({ at, source, keyId })
      return join(directory, at)
    }

    const first = load(from, data)
    const early = sealOf(first).seal('p', 'c', 'early')
    copy('before', from, first.current.id)
    const next = makeNextRootKey(to, data, first, randomBytes)
    assert.notEqual(next.root.id, first.current.id)
    copy('made', from, first.current.id)
    const noted = copy('noted', to, next.root.id)
    const state = adoptRootKey(data, first, next, 5, randomBytes)
    cpSync(join(data, 'root-key.json'), join(noted, 'root-key.json')) // As if killed before the key file took its place.
    const late = sealOf(state).seal('p', 'c', 'late')
    copy('adopted', to, next.root.id)
    finishRootKey(data, state, () => true, randomBytes)
    copy('finished', to, next.root.id)

    for (const { at, source, keyId } of points) {
      const started = load(source, join(directory, at))
      assert.equal(started.current.id, keyId, at)
      const seal = sealOf(started)
      assert.equal(seal.open('p', 'c', early).toString(), 'early', at)
      const isNew = keyId === next.root.id
      if (isNew) assert.equal(seal.open('p', 'c', late).toString(), 'late', at)
      assert.equal(started.unfinished, isNew && at !== 'finished', at)
      if (source.kind !== 'file') continue
      assert.equal(load(source, join(directory, at)).current.id, keyId, `${at}, started again`)
      assert.ok(!existsSync(join(directory, at, 'root.key.next')), at)
    }
    assert.equal(points.length, 5)
  })
}

test('rotation: no root key lies in the clear but the current one in its file', (t) => {
  const data = directoryFor(t)
  const first = load(file, data)
  const known = readFileSync(join(data, 'root.key'), 'latin1').trim()
  // As a start leaves them that is killed in the middle of writing.
  writeFileSync(join(data, 'root.key.0123456789abcdef.tmp'), known)
  writeFileSync(join(data, 'root.key.next.0123456789abcdef.tmp'), known.slice(0, 9))
  const state = adoptRootKey(
    data,
    first,
    makeNextRootKey(passphrase, data, first, randomBytes),
    5,
    randomBytes,
  )
  finishRootKey(data, state, () => true, randomBytes)
  assert.deepEqual(readdirSync(data), ['root-key.json'])
  assert.ok(!readFileSync(join(data, 'root-key.json'), 'utf8').includes(known.slice(0, 20)))
})

test('rotation: keys that nothing needs are forgotten, one after another', (t) => {
  const data = directoryFor(t)
  let state = load(file, data)
  const text = sealOf(state).seal('p', 'c', 'text')
  for (const at of [10, 20, 30]) {
    const next = makeNextRootKey(file, data, state, randomBytes)
    state = finishRootKey(data, adoptRootKey(data, state, next, at, randomBytes), () => true, randomBytes)
  }
  assert.deepEqual(
    load(file, data).retired.map(({ retiredAtMs }) => retiredAtMs),
    [30, 20, 10],
  )
  assert.equal(sealOf(load(file, data)).open('p', 'c', text).toString(), 'text')
  finishRootKey(data, state, (at) => at > 10, randomBytes)
  const left = load(file, data)
  assert.equal(left.retired.length, 2)
  assert.equal(sealOf(left).tryOpen('p', 'c', text), undefined)
})

const refusals: readonly [name: string, run: (data: string, state: RootKeyState) => unknown, want: RegExp][] =
  [
    [
      'the key that is in use',
      (data, state) => makeNextRootKey(environment(1), data, state, randomBytes),
      /is or was in use here: give another one/,
    ],
    [
      'no key',
      (data, state) => makeNextRootKey({ kind: 'environment', value: 'AAAA' }, data, state, randomBytes),
      /does not hold 32 bytes/,
    ],
    [
      'a short passphrase',
      (data, state) => makeNextRootKey({ kind: 'passphrase', passphrase: 'short' }, data, state, randomBytes),
      /at least 12/,
    ],
    [
      'too many earlier keys',
      (data, state) => {
        const retired = Array.from({ length: retiredKeysMax }, () => ({
          root: state.current,
          retiredAtMs: 1,
        }))
        return makeNextRootKey(file, data, { ...state, retired }, randomBytes)
      },
      /200 earlier root keys are kept/,
    ],
    [
      'a next key whose file another process removed',
      (data, state) => {
        const next = makeNextRootKey(file, data, state, randomBytes)
        rmSync(join(data, 'root.key.next'))
        return adoptRootKey(data, state, next, 5, randomBytes)
      },
      /root\.key\.next was changed by another process/,
    ],
    [
      'a note whose earlier key was changed',
      (data, state) => {
        adoptRootKey(data, state, makeNextRootKey(environment(2), data, state, randomBytes), 5, randomBytes)
        const path = join(data, 'root-key.json')
        writeFileSync(path, readFileSync(path, 'utf8').replace(/.{8}"\n {4}\}/, 'AAAAAAAA"\n    }'))
        return load(environment(2), data)
      },
      /is damaged \(root key [0-9a-f]{16} does not open\)/,
    ],
  ]

for (const [name, run, want] of refusals) {
  test(`rotation: ${name} is refused`, (t) => {
    assert.equal(refusals.length, 6)
    const data = directoryFor(t)
    const state = load(environment(1), data)
    assert.throws(
      () => run(data, state),
      (error) => error instanceof RootKeyError && want.test(error.message),
    )
  })
}
