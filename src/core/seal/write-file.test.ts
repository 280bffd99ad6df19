// Goal: what a disk took half of is never put in the place of what was there. Method: a process of its own that may write one block to a
// file, as on a disk that is full but for that: the system takes a part of the text, and says no error.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { replaceFile, writeOnce } from './write-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'write-file-'))
after(() => rmSync(directory, { recursive: true }))
const module = new URL('write-file.ts', import.meta.url).href

/** Calls a function of the module where a file may have one block, of 512 or 1,024 bytes, and no more. */
function withOneBlock(call: string): { readonly status: number | null; readonly stderr: string } {
  const program = `import { replaceFile, writeOnce } from '${module}'\n${call}`
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 1 && exec "$0" --input-type=module --eval "$1"', process.execPath, program],
    { encoding: 'utf8' },
  )
  return { status, stderr }
}

test('write-file: a text that does not fit leaves what was there, and nothing beside it', () => {
  const path = join(directory, 'note')
  writeFileSync(path, 'the old one')
  const { status, stderr } = withOneBlock(`replaceFile(${JSON.stringify(path)}, 'x'.repeat(5_000), 'a')`)
  assert.notEqual(status, 0)
  assert.match(stderr, /EFBIG|ENOSPC/)
  assert.equal(readFileSync(path, 'utf8'), 'the old one')
  assert.deepEqual(readdirSync(directory), ['note'])
  rmSync(path)
})

test('write-file: a text that does not fit leaves a free name free', () => {
  const path = join(directory, 'key')
  const { status } = withOneBlock(`writeOnce(${JSON.stringify(path)}, 'x'.repeat(5_000), 'a')`)
  assert.notEqual(status, 0)
  assert.deepEqual(readdirSync(directory), [])
})

test('write-file: one name is taken once, and what takes its place is whole; both are for their owner alone', () => {
  const path = join(directory, 'once')
  assert.equal(writeOnce(path, 'first', 'a'), true)
  assert.equal(writeOnce(path, 'second', 'b'), false)
  assert.equal(readFileSync(path, 'utf8'), 'first')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  replaceFile(path, 'é'.repeat(100_000), 'c')
  assert.equal(readFileSync(path, 'utf8'), 'é'.repeat(100_000))
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(directory), ['once'])
  rmSync(path)
})
