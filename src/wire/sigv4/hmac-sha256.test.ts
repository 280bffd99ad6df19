// Goal: the HMAC is HMAC-SHA256. Method: node:crypto's own, over random keys and texts, short and long ones by turns.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { hmacSha256 } from './hmac-sha256.ts'

test('hmac: what node:crypto computes', () => {
  const keys = fc.uint8Array({ maxLength: 64 })
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 3000 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(keys, texts, (key, all) => {
      const hmac = hmacSha256(key)
      for (const text of all) assert.equal(hmac(text), createHmac('sha256', key).update(text).digest('hex'))
    }),
    { numRuns: 300 },
  )
})
