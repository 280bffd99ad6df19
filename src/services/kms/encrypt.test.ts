// Goal: what is encrypted comes back for who may, whole, and for nobody and nothing else.
// Method: AWS's own client; rows of what must be refused; every byte of a ciphertext changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newKey, refusal, rig } from './rig.test.ts'

const secret = Buffer.from('attack at dawn')

test('Encrypt and Decrypt: round trip, with and without naming the key', async () => {
  const { admin } = await rig()
  const { id, arn } = await newKey(admin)
  const { CiphertextBlob, KeyId, EncryptionAlgorithm } = await admin.encrypt({ KeyId: id, Plaintext: secret })
  assert.deepEqual([KeyId, EncryptionAlgorithm], [arn, 'SYMMETRIC_DEFAULT'])
  for (const named of [{}, { KeyId: id }, { KeyId: arn }]) {
    const opened = await admin.decrypt({ CiphertextBlob, ...named })
    assert.deepEqual(Buffer.from(opened.Plaintext ?? ''), secret)
    assert.equal(opened.KeyId, arn)
    assert.match(opened.KeyMaterialId ?? '', /^[0-9a-f]{64}$/)
  }
})

test('Decrypt: every changed byte and every other context is an invalid ciphertext', async () => {
  const { admin } = await rig()
  const { id } = await newKey(admin)
  const EncryptionContext = { tenant: 'a', Tenant: 'b' }
  const { CiphertextBlob = new Uint8Array() } = await admin.encrypt({
    KeyId: id,
    Plaintext: secret,
    EncryptionContext,
  })
  let changed = 0
  for (let at = 0; at < CiphertextBlob.length; at += 1) {
    const blob = Uint8Array.from(CiphertextBlob, (byte, index) => (index === at ? byte ^ 1 : byte))
    for (const named of [{}, { KeyId: id }]) {
      const answer = await refusal(admin.decrypt({ CiphertextBlob: blob, EncryptionContext, ...named }))
      assert.match(answer, /^InvalidCiphertextException/, String(at))
    }
    changed += 1
  }
  assert.equal(changed, CiphertextBlob.length)
  const contexts = [
    undefined,
    {},
    { tenant: 'a' },
    { tenant: 'a', Tenant: 'B' },
    { tenant: 'a', Tenant: 'b', more: '' },
  ]
  for (const context of contexts) {
    assert.match(
      await refusal(admin.decrypt({ CiphertextBlob, EncryptionContext: context })),
      /^InvalidCiphertextException/,
      JSON.stringify(context),
    )
  }
  const { Plaintext } = await admin.decrypt({
    CiphertextBlob,
    EncryptionContext: { Tenant: 'b', tenant: 'a' },
  })
  assert.deepEqual(Buffer.from(Plaintext ?? ''), secret)
})
