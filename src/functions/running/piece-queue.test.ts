// Goal: pieces come in order and once; a fast writer waits for its reader; whoever stops reading holds nobody up.
// Method: a queue of ten bytes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PieceQueue } from './piece-queue.ts'

const bytes = (text: string): Buffer => Buffer.from(text)
const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString()

test('a reader gets what has come, and the end with the last of it', async () => {
  const queue = new PieceQueue(10)
  const first = queue.read()
  queue.push(bytes('one'))
  assert.equal(text((await first).pieces), 'one')
  queue.push(bytes('two'))
  queue.push(bytes('three'))
  queue.end({ logTail: 'log' })
  queue.end({ logTail: 'other', error: bytes('late') })
  assert.equal(queue.push(bytes('late')), true, 'what comes after the end is nobody’s')
  const { pieces, end } = await queue.read()
  assert.deepEqual([text(pieces), end], ['twothree', { logTail: 'log' }])
  assert.deepEqual(await queue.read(), { pieces: [], end: { logTail: 'log' } })
})

test('a writer waits while more than its part waits for the reader', async () => {
  const queue = new PieceQueue(10)
  let goesOn = 0
  assert.equal(queue.push(Buffer.alloc(10)), true)
  assert.equal(queue.push(bytes('x')), false)
  queue.onRoom(() => (goesOn += 1))
  assert.equal(goesOn, 0)
  await queue.read()
  assert.equal(goesOn, 1)
})

test('whoever stops reading lets the writer go on, to nowhere', () => {
  const queue = new PieceQueue(10)
  let goesOn = 0
  queue.push(Buffer.alloc(11))
  queue.onRoom(() => (goesOn += 1))
  queue.cancel()
  assert.equal(goesOn, 1)
  assert.equal(queue.push(Buffer.alloc(1000)), true)
})
