// Goal: a key tells what it was last used for, and policies can keep a key that is in use.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { here, newKey, refusal, rig, startMs, type Statement } from './rig.test.ts'

const dayMs = 86_400_000
const Plaintext = Buffer.from('attack at dawn')

test('last use: the operation, its time and its request; refusals and dry runs are no use', async () => {
  const { admin, clock, writeUses } = await rig()
  const { id: KeyId } = await newKey(admin)
  const shown = async () => {
    await writeUses()
    const { $metadata: _, ...answer } = await admin.getKeyLastUsage({ KeyId })
    return answer
  }
  const created = { KeyId, KeyCreationDate: new Date(startMs), TrackingStartDate: new Date(startMs) }
  assert.deepEqual(await shown(), created)
  assert.match(await refusal(admin.encrypt({ KeyId, Plaintext, DryRun: true })), /^DryRunOperation/)
  assert.match(
    await refusal(admin.decrypt({ KeyId, CiphertextBlob: Buffer.from('x') })),
    /^InvalidCiphertextException/,
  )
  await admin.describeKey({ KeyId })
  assert.deepEqual(await shown(), created)

  clock.nowMs += 1000
  const used = await admin.encrypt({ KeyId, Plaintext })
  const use = (Operation: string, requestId: string | undefined) => ({
    ...created,
    KeyLastUsage: {
      Operation,
      Timestamp: new Date(clock.nowMs),
      KmsRequestId: requestId,
      CloudTrailEventId: `event of ${requestId}`,
    },
  })
  assert.deepEqual(await shown(), use('Encrypt', used.$metadata.requestId))
  clock.nowMs += 1000
  const { CiphertextBlob } = used
  const opened = await admin.decrypt({ CiphertextBlob })
  assert.deepEqual(await shown(), use('Decrypt', opened.$metadata.requestId))

  // A re-encryption is a use of both keys.
  clock.nowMs += 1000
  const { id: other } = await newKey(admin)
  const moved = await admin.reEncrypt({ CiphertextBlob, DestinationKeyId: other })
  assert.deepEqual(await shown(), use('ReEncrypt', moved.$metadata.requestId))
  const there = await admin.getKeyLastUsage({ KeyId: other })
  assert.equal(there.KeyLastUsage?.KmsRequestId, moved.$metadata.requestId)
})

test('last use: one that comes while an event is looked for is not mixed with it', async () => {
  const [asked, goOn] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  const { admin, clock, writeUses } = await rig({
    async eventIdOf({ requestId }) {
      asked.resolve(undefined)
      await goOn.promise
      return `event of ${requestId}`
    },
  })
  const { id: KeyId } = await newKey(admin)
  const { $metadata: first } = await admin.encrypt({ KeyId, Plaintext })
  await writeUses()
  const telling = admin.getKeyLastUsage({ KeyId })
  await asked.promise
  clock.nowMs += 1000
  await admin.generateDataKey({ KeyId, KeySpec: 'AES_256' })
  await writeUses()
  goOn.resolve(undefined)
  assert.deepEqual((await telling).KeyLastUsage, {
    Operation: 'Encrypt',
    Timestamp: new Date(startMs),
    KmsRequestId: first.requestId,
    CloudTrailEventId: `event of ${first.requestId}`,
  })
})

test('last use: each key of a set has its own', async () => {
  const { admin, as, administrators, writeUses } = await rig()
  const { id: KeyId } = await newKey(admin, { MultiRegion: true })
  await admin.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1' })
  const credentials = administrators.get(here)
  assert.ok(credentials)
  const eu = as(credentials, 'eu-west-1')
  await eu.encrypt({ KeyId, Plaintext })
  await writeUses()
  assert.equal((await admin.getKeyLastUsage({ KeyId })).KeyLastUsage, undefined)
  assert.equal((await eu.getKeyLastUsage({ KeyId })).KeyLastUsage?.Operation, 'Encrypt')
})

test('last use: kms:TrailingDaysWithoutKeyUsage keeps a key that is in use', async () => {
  const { admin, user, as, clock, writeUses } = await rig()
  const { id: KeyId } = await newKey(admin)
  const statement: Statement = {
    Effect: 'Allow',
    Action: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
    Resource: '*',
    Condition: { NumericGreaterThanEquals: { 'kms:TrailingDaysWithoutKeyUsage': '30' } },
  }
  const cleaner = as(await user('cleaner', [statement]))
  const denied = async () => {
    for (const answer of [
      await refusal(cleaner.disableKey({ KeyId })),
      await refusal(cleaner.scheduleKeyDeletion({ KeyId })),
    ])
      assert.match(answer, /^AccessDenied/)
  }
  // Never used: its age counts.
  clock.nowMs = startMs + 30 * dayMs - 1
  await denied()
  await admin.encrypt({ KeyId, Plaintext })
  await writeUses()
  clock.nowMs += 30 * dayMs - 1
  await denied()
  clock.nowMs += 1
  await cleaner.disableKey({ KeyId })
  await cleaner.scheduleKeyDeletion({ KeyId })
})
