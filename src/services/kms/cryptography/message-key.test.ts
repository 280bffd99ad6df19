// Goal: the key for one message is what SP 800-108 derives with HMAC-SHA256, for every key and salt, however often it is asked.
// Method: node:crypto's own Hmac over random keys and salts, keys by turns.
import assert from 'node:assert/strict'
import { createHmac, createSecretKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { messageKey, saltBytes } from './message-key.ts'

test('message key: one block of SP 800-108 in counter mode', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const keys = [1, 2, 3].map((seed) => createSecretKey(Buffer.alloc(32, seed)))
  fc.assert(
    fc.property(fc.nat(2), bytes(saltBytes), (which, salt) => {
      const key = keys[which] ?? createSecretKey(Buffer.alloc(32))
      const wanted = createHmac('sha256', key)
        .update(Buffer.of(0, 0, 0, 1))
        .update('redoubt kms message key\0')
        .update(salt)
        .update(Buffer.of(0, 0, 1, 0))
        .digest()
      assert.deepEqual(messageKey(key, salt).export(), wanted)
    }),
  )
})
