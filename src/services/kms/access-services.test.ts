// Goal: a service uses a key on its caller's behalf and is held to all that its caller is held to; a key that is switched off stops it;
// what it did is recorded, with the change it was for or not at all.
// Method: a small service of topics, each with a data key of its own, on the real pipeline: it calls KMS as services do.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SNS } from '@aws-sdk/client-sns'
import { arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import { service } from '#core/service.ts'
import { collection } from '#core/store/index.ts'
import type { CreateGrantResponse, DecryptResponse, GenerateDataKeyResponse } from '#models/kms.d.ts'
import type { Operations } from '#models/sns.d.ts'
import { createRecorder } from '#telemetry/index.ts'
import type { Credentials } from '../../../test/in-process.ts'
import { allow, aws, deny, enablesIam, outcome, policy, rootArn, user, userArn } from './access-rig.test.ts'
import { here, newKey, region, type Rig, rig, type Statement } from './rig.test.ts'

const noIdentity = 'no identity-based policy allows'
const noResource = 'no resource-based policy allows'

interface Topic {
  readonly arn: string
  readonly dataKey: string
}

const topics = collection<Topic>({ service: 'sns', type: 'topic' })
const sns = operationsOf<Operations>()('sns', { topics }, 'regional')

const topicArn = ({ partition, account, region }: Call, name: string) =>
  arn({ partition, service: 'sns', region, account, resource: name })

const nameOf = (topic: string) => topic.slice(topic.lastIndexOf(':') + 1)

const operations = {
  /** Makes a topic with a data key. The answer of `invoke` is of the model's type, which `as` says here and below. */
  CreateTopic: sns('CreateTopic', {
    access: (_, { Name }, call) => [{ action: 'sns:CreateTopic', resource: { arn: topicArn(call, Name) } }],
    run({ input: { Name, Attributes }, call }) {
      const made = call.invoke('kms', 'GenerateDataKey', {
        KeyId: Attributes?.['KmsMasterKeyId'],
        KeySpec: 'AES_256',
        EncryptionContext: { topic: Name },
      }) as GenerateDataKeyResponse
      const dataKey = Buffer.from(made.CiphertextBlob ?? []).toString('base64')
      call.topics.put(Name, { arn: topicArn(call, Name), dataKey })
      return { TopicArn: topicArn(call, Name) }
    },
  }),
  /** Opens the data key. */
  GetTopicAttributes: sns('GetTopicAttributes', {
    access: (_, { TopicArn }, call) => [
      { action: 'sns:GetTopicAttributes', resource: { arn: topicArn(call, nameOf(TopicArn)) } },
    ],
    run({ input: { TopicArn }, call }) {
      const { dataKey } = call.topics.get(nameOf(TopicArn)) ?? assert.fail()
      const opened = call.invoke('kms', 'Decrypt', {
        CiphertextBlob: Buffer.from(dataKey, 'base64'),
        EncryptionContext: { topic: nameOf(TopicArn) },
      }) as DecryptResponse
      return { Attributes: { bytes: String(opened.Plaintext?.length) } }
    },
  }),
  /** Grants the caller the use of a key. */
  SetTopicAttributes: sns('SetTopicAttributes', {
    access: (_, { TopicArn }, call) => [
      { action: 'sns:SetTopicAttributes', resource: { arn: topicArn(call, nameOf(TopicArn)) } },
    ],
    run({ input: { AttributeValue }, call }) {
      const grant = { KeyId: AttributeValue, GranteePrincipal: userArn('admin'), Operations: ['Decrypt'] }
      const { GrantId } = call.invoke('kms', 'CreateGrant', grant) as CreateGrantResponse
      call.topics.put('granted', { arn: topicArn(call, 'granted'), dataKey: GrantId ?? '' })
      return {}
    },
  }),
}

const record = createRecorder((length) => Buffer.alloc(length))

/** A rig with that service. */
function topicRig(): Promise<Rig> {
  return rig({ services: [service({ model: 'sns', files: [operations] })] })
}

function snsAs(r: Rig, credentials: Credentials): SNS {
  return new SNS(r.configuration(credentials))
}

function administrator(r: Rig): SNS {
  return snsAs(r, r.administrators.get(here) ?? assert.fail())
}

const createTopic = (kms: SNS, KmsMasterKeyId: string, Name = 'news') =>
  kms.createTopic({ Name, Attributes: { KmsMasterKeyId } })

test('a service acts with its caller’s permissions', async () => {
  const r = await topicRig()
  const via = { Condition: { StringEquals: { 'kms:ViaService': `sns.${region}.amazonaws.com` } } }
  const viaOther = { Condition: { StringEquals: { 'kms:ViaService': `sqs.${region}.amazonaws.com` } } }
  const context = { Condition: { StringEquals: { 'kms:EncryptionContext:topic': 'news' } } }
  const calledVia = {
    Condition: { 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'sns.amazonaws.com' } },
  }
  const topicsOnly = allow('sns:*')
  const makes = (more = {}) => [topicsOnly, allow('kms:GenerateDataKey', more)]
  const byIam: readonly Statement[] = [enablesIam]
  const rows: readonly [
    name: string,
    own: readonly Statement[],
    keyPolicy: readonly Statement[],
    want: string,
  ][] = [
    ['who may use both', makes(), byIam, 'ok'],
    ['the service alone', [topicsOnly], byIam, noIdentity],
    ['the key alone', [allow('kms:*')], byIam, noIdentity],
    ['the key through this service', makes(via), byIam, 'ok'],
    ['the key through another', makes(viaOther), byIam, noIdentity],
    ['by aws:CalledVia', makes(calledVia), byIam, 'ok'],
    ['by aws:ViaAWSService', makes({ Condition: { Bool: { 'aws:ViaAWSService': 'true' } } }), byIam, 'ok'],
    ['by the encryption context that the service sets', makes(context), byIam, 'ok'],
    ['not by an address that is not the caller’s', makes({ Condition: ofAddress }), byIam, noIdentity],
    [
      'the key policy, through this service',
      [topicsOnly],
      [enablesIam, allow('kms:GenerateDataKey', { Principal: '*', ...via })],
      'ok',
    ],
    [
      'the key policy denies this service',
      makes(),
      [enablesIam, deny('kms:*', { Principal: '*', ...via })],
      'explicit deny in a resource-based policy',
    ],
  ]
  for (const [at, [name, own, keyPolicy, want]] of rows.entries()) {
    const { arn: KeyId } = await newKey(r.admin, {
      Policy: policy(...keyPolicy, allow('kms:PutKeyPolicy', aws(userArn('admin')))),
    })
    const caller = snsAs(r, await r.user(`user${at}`, own))
    assert.equal(await outcome(createTopic(caller, KeyId, 'news')), want, name)
  }
  assert.equal(rows.length, 11)
})

const ofAddress = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }

test('what is allowed through a service is not allowed without it', async () => {
  const r = await topicRig()
  const { id } = await newKey(r.admin)
  const Condition = { StringEquals: { 'kms:ViaService': `sns.${region}.amazonaws.com` } }
  const credentials = await r.user('alice', [allow('sns:*'), allow('kms:*', { Condition })])
  assert.equal(await outcome(createTopic(snsAs(r, credentials), id)), 'ok')
  const direct = r.as(credentials).generateDataKey({ KeyId: id, KeySpec: 'AES_256' })
  assert.equal(await outcome(direct), 'no identity-based policy allows')
})

test('an AWS managed key works through its service alone', async () => {
  const r = await topicRig()
  const kms = r.admin
  assert.equal(await outcome(createTopic(administrator(r), 'alias/aws/sns')), 'ok')
  const { KeyMetadata } = await kms.describeKey({ KeyId: 'alias/aws/sns' })
  assert.equal(KeyMetadata?.KeyManager, 'AWS')
  const KeyId = KeyMetadata.KeyId ?? ''
  const spec = { KeySpec: 'AES_256' } as const
  assert.equal(await outcome(kms.generateDataKey({ KeyId, ...spec })), noResource)
  assert.equal(await outcome(kms.generateDataKey({ KeyId: 'alias/aws/sns', ...spec })), noResource)
  const closed = { KeyId, Policy: policy(enablesIam), BypassPolicyLockoutSafetyCheck: true }
  assert.equal(await outcome(kms.putKeyPolicy(closed)), noResource)
  assert.equal(await outcome(kms.disableKey({ KeyId })), noResource)
  assert.equal(await outcome(kms.scheduleKeyDeletion({ KeyId })), noResource)
  // Another service's key is none of this one's.
  assert.equal(await outcome(createTopic(administrator(r), 'alias/aws/sqs', 'other')), noResource)
  // A second topic uses the same key, and so does whoever may use the service.
  const alice = snsAs(r, await r.user('alice', [allow('sns:*')]))
  assert.equal(await outcome(createTopic(alice, 'alias/aws/sns', 'more')), 'ok')
  const { Keys = [] } = await kms.listKeys({})
  assert.equal(Keys.filter((key) => key.KeyId === KeyId).length, 1)
})

test('a disabled key stops the service that uses it, and starts it again', async () => {
  const r = await topicRig()
  const { id } = await newKey(r.admin)
  const topicsClient = administrator(r)
  const { TopicArn } = await createTopic(topicsClient, id)
  const read = () => outcome(topicsClient.getTopicAttributes({ TopicArn }))
  assert.equal(await read(), 'ok')
  await r.admin.disableKey({ KeyId: id })
  assert.equal(await read(), 'DisabledException')
  assert.equal(await outcome(createTopic(topicsClient, id, 'more')), 'DisabledException')
  assert.equal(r.store.read.count(topics, { account: here, region }), 1, 'nothing is half done')
  await r.admin.enableKey({ KeyId: id })
  assert.equal(await read(), 'ok')
  await r.admin.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
  assert.equal(await read(), 'KMSInvalidStateException')
})

test('kms:GrantIsForAWSResource: grants that a service makes for itself', async () => {
  const r = await topicRig()
  const { id, arn: KeyId } = await newKey(r.admin)
  const forService = (value: boolean) =>
    allow(['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'], {
      Condition: { Bool: { 'kms:GrantIsForAWSResource': String(value) } },
    })
  const attribute = {
    TopicArn: `arn:aws:sns:${region}:${here}:granted`,
    AttributeName: 'x',
    AttributeValue: KeyId,
  }
  const through = await r.user('through', [allow('sns:*'), forService(true)])
  const direct = await r.user('direct', [allow('sns:*'), forService(false)])
  const grant = { KeyId: id, GranteePrincipal: rootArn(), Operations: ['Decrypt' as const] }
  assert.equal(await outcome(snsAs(r, through).setTopicAttributes(attribute)), 'ok')
  assert.equal(await outcome(r.as(through).createGrant(grant)), noIdentity)
  assert.equal(await outcome(r.as(through).listGrants({ KeyId: id })), noIdentity)
  const { Grants = [] } = await r.as(direct).listGrants({ KeyId: id })
  const [{ GrantId = '' } = {}] = Grants
  assert.equal(await outcome(r.as(through).revokeGrant({ KeyId: id, GrantId })), noIdentity)
  assert.equal(await outcome(snsAs(r, direct).setTopicAttributes(attribute)), noIdentity)
  assert.equal(await outcome(r.as(direct).createGrant(grant)), 'ok')
  assert.equal(await outcome(r.as(direct).revokeGrant({ KeyId: id, GrantId })), 'ok')
})

test('a grant is used through a service as well', async () => {
  const r = await topicRig()
  const { id } = await newKey(r.admin)
  const credentials = await r.user('alice', [allow('sns:*')])
  await user(r, 'bob')
  const caller = snsAs(r, credentials)
  assert.equal(await outcome(createTopic(caller, id)), noIdentity)
  await r.admin.createGrant({
    KeyId: id,
    GranteePrincipal: userArn('alice'),
    Operations: ['GenerateDataKey'],
    Constraints: { EncryptionContextEquals: { topic: 'news' } },
  })
  assert.equal(await outcome(createTopic(caller, id)), 'ok')
  assert.equal(await outcome(createTopic(caller, id, 'other')), noIdentity)
})

test('the records of what a service did name it, and commit with the change', async () => {
  const r = await topicRig()
  const { id, arn: keyArn } = await newKey(r.admin)
  const committed: (readonly string[])[] = []
  r.store.tail(({ records }) => void committed.push(records))
  const before = r.audited.length
  await createTopic(administrator(r), id)
  const calls = r.audited.slice(before)
  assert.deepEqual(
    calls.map(({ envelope, access }) => [
      `${envelope.service}:${envelope.operation}`,
      envelope.calledVia,
      access.map(({ resource }) => (resource === '*' ? resource : resource.arn)),
    ]),
    [
      ['kms:GenerateDataKey', ['sns.amazonaws.com'], [keyArn]],
      ['sns:CreateTopic', [], [`arn:aws:sns:${region}:${here}:news`]],
    ],
  )
  assert.deepEqual(
    committed.map((records) => records.length),
    [2],
    'both with the one change',
  )
  assert.notEqual(calls[0]?.envelope.requestId, calls[1]?.envelope.requestId)
  const invokedBy = calls.map((call) => /"invokedBy":"([^"]+)"/.exec(record(call))?.[1])
  assert.deepEqual(invokedBy, ['sns.amazonaws.com', undefined])

  // A refused inner call fails the outer one: both are recorded, and nothing is committed.
  await r.admin.disableKey({ KeyId: id })
  committed.length = 0
  const later = r.audited.length
  assert.equal(await outcome(createTopic(administrator(r), id, 'more')), 'DisabledException')
  assert.deepEqual(
    r.audited.slice(later).map(({ envelope, fault }) => [envelope.operation, fault?.code]),
    [
      ['GenerateDataKey', 'DisabledException'],
      ['CreateTopic', 'DisabledException'],
    ],
  )
  assert.deepEqual(committed, [])
})
