// Goal: messages of an event stream are those of the specification. Method: its published vectors; the client's own reading of them is
// tested with the service that streams.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventStreamFrame } from './frame.ts'

// Source: aws-c-event-stream, test vectors "empty_message", "payload_no_headers", "payload_one_str_header".
const vectors: readonly (readonly [string, Readonly<Record<string, string>>, string, string])[] = [
  ['nothing', {}, '', '000000100000000005c248eb7d98c8ff'],
  ['a payload', {}, "{'foo':'bar'}", '0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936'],
  [
    'a header too',
    { 'content-type': 'application/json' },
    "{'foo':'bar'}",
    '0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1',
  ],
]

test('messages are those of the published vectors', () => {
  for (const [name, headers, payload, want] of vectors)
    assert.equal(Buffer.from(eventStreamFrame(headers, Buffer.from(payload))).toString('hex'), want, name)
  assert.equal(vectors.length, 3)
})

test('what a message may not carry is a bug', () => {
  assert.throws(() => eventStreamFrame({ name: 'x'.repeat(65_536) }, Buffer.alloc(0)), RangeError)
  assert.throws(() => eventStreamFrame({ ['x'.repeat(256)]: '' }, Buffer.alloc(0)), RangeError)
  assert.throws(() => eventStreamFrame({}, Buffer.alloc(16 * 1024 * 1024 + 1)), RangeError)
})
