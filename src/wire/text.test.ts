// Goal: scalars written as text are read exactly; what is none of the type is refused. Method: rows; base64 against Node's own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Malformed } from './fault.ts'
import type { Shape } from './shapes.ts'
import { base64Text, bytesOf, textDecoder } from './text.ts'

const rows: readonly [type: 'integer' | 'long' | 'double' | 'boolean', text: string, want: unknown][] = [
  ['integer', '0', 0],
  ['integer', '-5', -5],
  ['integer', '2147483647', 2147483647],
  ['integer', '2147483648', 'refused'],
  ['integer', '1.5', 'refused'],
  ['integer', '', 'refused'],
  ['integer', ' 1', 'refused'],
  ['integer', '0x10', 'refused'],
  ['integer', '1e3', 'refused'],
  ['long', '9007199254740991', 9007199254740991],
  ['long', '9007199254740993', 'refused'], // A number would silently become its neighbour.
  ['double', '0.5', 0.5],
  ['double', '-1e-3', -0.001],
  ['double', 'NaN', NaN],
  ['double', '-Infinity', -Infinity],
  ['double', 'infinity', 'refused'],
  ['double', '1_000', 'refused'],
  ['boolean', 'true', true],
  ['boolean', 'False', false],
  ['boolean', '1', 'refused'],
]

for (const [type, text, want] of rows) {
  test(`text: '${text}' as ${type} is ${String(want)}`, () => {
    const shape: Shape =
      type === 'boolean'
        ? { type, name: 'T', sensitive: false }
        : { type, name: 'T', sensitive: false, min: undefined, max: undefined }
    const decode = textDecoder({ shape }, 'iso8601')
    if (want === 'refused') assert.throws(() => decode(text), Malformed)
    else assert.equal(decode(text), want)
  })
}

for (const text of ['aGk', 'aGk===', 'a-k=', 'a_k=', 'aG k', 'aGk=\n', 'a=k=', '====', 'é234']) {
  test(`text: base64 ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => bytesOf(text), Malformed)
  })
}

test('text: any bytes come back from base64', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
      assert.deepEqual(bytesOf(base64Text(bytes)), bytes),
    ),
  )
})
