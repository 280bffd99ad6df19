// Goal: however a function writes, what is kept of an invocation is bounded. Method: an output that is written to as a pipe would.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Output } from './output.ts'

test('output: lines without a text have their end too', () => {
  const taken: string[] = []
  const output = new Output(
    () => 0,
    ({ message }) => taken.push(message),
  )
  output.begin()
  for (let left = 10; left > 0; left -= 1) output.write('out', Buffer.alloc(65_536, '\n'))
  assert.ok(taken.length < 200_000, `${taken.length} lines`)
  assert.match(taken.at(-1) ?? '', /leaves out/)
  output.begin()
  output.write('out', Buffer.from('another invocation\n'))
  assert.equal(taken.at(-1), 'another invocation\n')
})
