// Goal: each type of anomalous behaviour is found where a call is rare and its circumstances are unusual, and in no lesser case.
// Method: a small account learns for ten days; then each row makes calls in it, and beside it the same calls in one circumstance less.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDetection, type DetectionState } from '../../detection.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { Signal } from '../../signal.ts'
import { unknownSurroundings } from '../../surroundings.ts'
import { anomalousBehaviour } from './anomalous-behaviour.ts'

const account = '111122223333'
const hourMs = 3_600_000
const startMs = Date.UTC(2026, 0, 1)
const learntMs = startMs + 10 * 24 * hourMs
const [office, rented] = ['198.51.100.7', '203.0.113.66']
const [usual, other] = [
  'aws-cli/2.15.30 os/macos#23.4.0 lang/python#3.11.8',
  'Boto3/1.34.69 md/Botocore#1.34.69 os/linux#6.1',
]

interface Call {
  readonly api: string
  readonly who?: string
  readonly from?: string
  readonly agent?: string
  readonly bucket?: string
  readonly error?: string
  readonly more?: Readonly<Record<string, unknown>>
}

let ids = 0
function record(
  { api, who = 'ann', from = office, agent = usual, bucket, error, more }: Call,
  atMs: number,
): CloudTrailRecord {
  const [service, eventName = ''] = api.split(':')
  ids += 1
  return {
    ...{
      eventID: `id-${ids}`,
      eventTime: new Date(atMs).toISOString(),
      eventSource: `${service}.amazonaws.com`,
      eventName,
    },
    ...{ awsRegion: 'eu-central-1', recipientAccountId: account, sourceIPAddress: from, userAgent: agent },
    userIdentity: {
      type: 'IAMUser',
      userName: who,
      arn: `arn:aws:iam::${account}:user/${who}`,
      accountId: account,
      accessKeyId: `AKIA${who}`,
    },
    requestParameters: { ...(bucket !== undefined && { bucketName: bucket }), ...more },
    ...(error !== undefined && { errorCode: error }),
  }
}

function detectionFrom(state?: DetectionState) {
  const onFault = (name: string, error: unknown): never => assert.fail(`${name}: ${String(error)}`)
  return createDetection({
    detectors: [anomalousBehaviour],
    surroundings: unknownSurroundings,
    onFault,
    ...(state && { state }),
  })
}

/** What `people` do every few hours: everybody looks at instances, the robot makes roles. */
function learn(days = 10): DetectionState {
  const { see, state } = detectionFrom()
  const people = ['ann', 'bob', 'cleo', 'dan', 'eve', 'fred']
  for (let atMs = startMs; atMs < startMs + days * 24 * hourMs; atMs += 6 * hourMs) {
    for (const who of people) {
      assert.deepEqual(see('cloudTrail', record({ api: 'ec2:DescribeInstances', who }, atMs)), [])
      assert.deepEqual(see('cloudTrail', record({ api: 's3:GetObject', who, bucket: 'shared' }, atMs)), [])
    }
    assert.deepEqual(
      see('cloudTrail', record({ api: 'iam:CreateRole', who: 'robot', agent: other }, atMs)),
      [],
    )
  }
  return state()
}

const learnt = learn()

function found(calls: readonly Call[], state = learnt, stepMs = 20_000): readonly Signal[] {
  const { see } = detectionFrom(structuredClone(state))
  return calls
    .flatMap((call, at) => see('cloudTrail', record(call, learntMs + at * stepMs)))
    .filter(({ weak }) => weak !== true)
}

const away = { from: rented, agent: other }
const many = (count: number, call: Call): readonly Call[] => Array.from({ length: count }, () => call)
const looking = [
  'iam:ListUsers',
  'iam:ListRoles',
  'iam:ListGroups',
  'iam:ListPolicies',
  'iam:GetAccountSummary',
].map((api) => ({ api }))

type Row = readonly [
  name: string,
  fires: readonly Call[],
  type: string,
  silent: readonly Call[],
  because: string,
]
const rows: readonly Row[] = [
  [
    'secrets',
    [{ api: 'secretsmanager:GetSecretValue', ...away }],
    'CredentialAccess:IAMUser/AnomalousBehavior',
    [{ api: 'secretsmanager:GetSecretValue' }],
    'the usual place',
  ],
  [
    'a trail',
    [{ api: 'cloudtrail:StopLogging', ...away }],
    'DefenseEvasion:IAMUser/AnomalousBehavior',
    [{ api: 'cloudtrail:StopLogging', from: rented }],
    'the usual tool',
  ],
  [
    'looking around',
    looking.map((call) => ({ ...call, ...away })),
    'Discovery:IAMUser/AnomalousBehavior',
    many(5, { api: 'ec2:DescribeInstances', ...away }),
    'a usual call',
  ],
  [
    'a snapshot',
    [{ api: 'ec2:ModifySnapshotAttribute', ...away }],
    'Exfiltration:IAMUser/AnomalousBehavior',
    [{ api: 'ec2:ModifySnapshotAttribute', agent: other }],
    'the usual network',
  ],
  [
    'a bucket’s policy',
    [{ api: 's3:PutBucketPolicy', ...away }],
    'Impact:IAMUser/AnomalousBehavior',
    [{ api: 's3:PutBucketTagging', ...away }],
    'nothing that helps an attacker',
  ],
  [
    'a federated session',
    [{ api: 'sts:GetFederationToken', ...away }],
    'InitialAccess:IAMUser/AnomalousBehavior',
    [{ api: 'sts:GetCallerIdentity', ...away }],
    'nothing that helps an attacker',
  ],
  [
    'a key',
    [{ api: 'iam:CreateAccessKey', ...away }],
    'Persistence:IAMUser/AnomalousBehavior',
    [{ api: 'iam:CreateRole', who: 'robot', ...away }],
    'the robot’s usual call',
  ],
  [
    'permissions',
    [{ api: 'iam:AttachUserPolicy', ...away }],
    'PrivilegeEscalation:IAMUser/AnomalousBehavior',
    [{ api: 'iam:AttachUserPolicy', who: 'robot', agent: other }],
    'a deployment',
  ],
  [
    'looking from the usual place',
    looking,
    'Discovery:IAMUser/AnomalousBehavior',
    looking.slice(0, 3),
    'a new task',
  ],
  [
    'a listing of objects',
    [{ api: 's3:ListObjects', bucket: 'secret', ...away }],
    'Discovery:S3/AnomalousBehavior',
    [{ api: 's3:ListObjects', bucket: 'secret' }],
    'the usual place',
  ],
  [
    'reading objects',
    [{ api: 's3:GetObject', bucket: 'secret', ...away }],
    'Exfiltration:S3/AnomalousBehavior',
    [{ api: 's3:GetObject', bucket: 'shared', ...away }],
    'what it always reads',
  ],
  [
    'reading all of them',
    many(120, { api: 's3:GetObject', bucket: 'shared', ...away }),
    'Exfiltration:S3/AnomalousBehavior',
    many(80, { api: 's3:GetObject', bucket: 'shared', ...away }),
    'not much',
  ],
  [
    'deleting objects',
    many(120, { api: 's3:DeleteObject', bucket: 'shared' }),
    'Impact:S3/AnomalousBehavior.Delete',
    many(60, { api: 's3:DeleteObject', bucket: 'shared' }),
    'not much',
  ],
  [
    'an object’s permissions',
    [{ api: 's3:PutObjectAcl', bucket: 'shared', ...away }],
    'Impact:S3/AnomalousBehavior.Permission',
    [{ api: 's3:PutObjectAcl', bucket: 'shared', error: 'AccessDenied', ...away }],
    'a refusal',
  ],
  [
    'writing objects',
    [{ api: 's3:PutObject', bucket: 'shared', ...away }],
    'Impact:S3/AnomalousBehavior.Write',
    many(300, { api: 's3:PutObject', bucket: 'shared' }),
    'the usual place',
  ],
  [
    'reading from elsewhere with another program',
    [{ api: 's3:GetObject', bucket: 'secret', from: rented, agent: 'Cyberduck/8.7 (Mac OS X/14.4)' }],
    'Exfiltration:S3/AnomalousBehavior',
    [{ api: 's3:GetObject', bucket: 'secret', agent: 'Cyberduck/8.7 (Mac OS X/14.4)' }],
    'another program alone',
  ],
  [
    'copies under a key of its own',
    [
      {
        api: 's3:CopyObject',
        bucket: 'shared',
        more: { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
        ...away,
      },
    ],
    'Impact:S3/AnomalousBehavior.Write',
    [{ api: 's3:CopyObject', bucket: 'shared', from: rented }],
    'the usual tool',
  ],
]

for (const [name, fires, type, silent, because] of rows)
  test(`behaviour: ${name}, and nothing by ${because}`, () => {
    assert.deepEqual([...new Set(found(fires, learnt).map((signal) => signal.type))], [type])
    assert.deepEqual(found(silent), [])
  })

test('behaviour: every type has a row', () => {
  assert.equal(rows.length, 17)
  assert.deepEqual(
    [...new Set(rows.map(([, , type]) => type))].toSorted(),
    Object.keys(anomalousBehaviour.finds).toSorted(),
  )
})

test('behaviour: nothing is unusual before there is something to compare with', () => {
  assert.deepEqual(found([{ api: 'iam:CreateAccessKey', ...away }], learn(1)), [])
  assert.deepEqual(found([{ api: 'iam:CreateAccessKey', ...away }], { seen: {}, memories: {} }), [])
})

test('behaviour: a new colleague does what the others do, from a new place, and is not found', () => {
  assert.deepEqual(
    found([
      { api: 'ec2:DescribeInstances', who: 'gus', ...away },
      { api: 's3:GetObject', who: 'gus', bucket: 'shared', ...away },
    ]),
    [],
  )
})

test('behaviour: the whole of an attack is found though its first call taught its network', () => {
  const calls = [
    'sts:GetCallerIdentity',
    'iam:CreateUser',
    'iam:AttachUserPolicy',
    'cloudtrail:StopLogging',
  ].map((api) => ({ api, ...away }))
  assert.deepEqual(
    found(calls, learnt, 2 * hourMs).map(({ type }) => type.split(':')[0]),
    ['Persistence', 'PrivilegeEscalation', 'DefenseEvasion'],
  )
})

test('behaviour: what is less than a finding is a weak signal where the place is new', () => {
  const { see } = detectionFrom(structuredClone(learnt))
  const [signal] = see('cloudTrail', record({ api: 'iam:CreateAccessKey', from: rented }, learntMs))
  assert.deepEqual([signal?.weak, signal?.type], [true, 'Persistence:IAMUser/AnomalousBehavior'])
})

test('behaviour: a finding tells what was compared and what stood out', () => {
  const [signal] = found([{ api: 'iam:CreateRole', ...away }])
  const text = (Text: string) => ({
    ProfileType: 'FREQUENCY',
    ProfileSubtype: 'UNSEEN',
    Observations: { Text: [Text] },
  })
  const network = text('203.0')
  assert.deepEqual(signal?.anomaly?.Unusual?.Behavior, {
    account: {
      apiName: { ...text('iam.amazonaws.com:CreateRole'), ProfileSubtype: 'RARE' },
      asnOrg: network,
    },
    userIdentity: { apiName: text('iam.amazonaws.com:CreateRole'), asnOrg: network, userAgent: text(other) },
  })
  assert.deepEqual(signal.anomaly.Profiles?.['account']?.['userAgent']?.[0]?.ProfileSubtype, 'FREQUENT')
})

test('behaviour: a principal that does and sees very much is remembered in a bounded space', () => {
  const { see, state } = detectionFrom()
  for (let at = 0; at < 5000; at += 1)
    see(
      'cloudTrail',
      record(
        {
          api: 's3:PutObject',
          bucket: `b-${at}`,
          from: `${at % 200}.${at % 100}.0.1`,
          agent: `tool-${at}/1.0`,
        },
        startMs + at * 60_000,
      ),
    )
  const [, memory] = state().memories['anomalous-behaviour']?.[0] ?? []
  assert.ok(JSON.stringify(memory).length < 10_000, 'bounded')
})

test('behaviour: an ordinary program takes a few hundred bytes', () => {
  const memories = learnt.memories['anomalous-behaviour'] ?? []
  assert.equal(memories.length, 7)
  for (const [, memory] of memories) assert.ok(JSON.stringify(memory).length < 400)
})
