// Goal: signals that belong together are one attack; what does not belong together, or weighs too little, is none.
// Method: a detector made for the test says what each call's name asks it to; rows are lists of such calls.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDetection } from '../../detection.ts'
import { type AnyDetector, detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import type { Signal } from '../../signal.ts'
import { unknownSurroundings } from '../../surroundings.ts'
import { sequenceDetectors } from './index.ts'

const account = '111122223333'
const hourMs = 3_600_000
const [credentials, data, instances] = [
  'AttackSequence:IAM/CompromisedCredentials',
  'AttackSequence:S3/CompromisedData',
  'AttackSequence:EC2/CompromisedInstanceGroup',
]
const facts = (severity: number) => ({ severity, title: '', description: '', remediation: [] })
const types = {
  discovery: 'Discovery:IAMUser/AnomalousBehavior',
  persistence: 'Persistence:IAMUser/AnomalousBehavior',
  stealth: 'Stealth:IAMUser/CloudTrailLoggingDisabled',
  escalation: 'PrivilegeEscalation:IAMUser/AnomalousBehavior',
  deletion: 'Impact:S3/AnomalousBehavior.Delete',
  mining: 'CryptoCurrency:EC2/BitcoinTool.B',
  control: 'Backdoor:EC2/C&CActivity.B',
  scan: 'Recon:EC2/Portscan',
} as const
type Kind = keyof typeof types

/** Says of a call what its name asks for: `weak persistence`. */
const echo: AnyDetector = detector({
  name: 'echo',
  source: 'cloudTrail',
  finds: {
    [types.discovery]: facts(2),
    [types.persistence]: facts(5),
    [types.stealth]: facts(2),
    [types.escalation]: facts(5),
    [types.deletion]: facts(8),
    [types.mining]: facts(8),
    [types.control]: facts(8),
    [types.scan]: facts(5),
  },
  see(record): Signal {
    const kind = record.eventName.split(' ').at(-1) as Kind // The test's own names.
    const signal = apiCallSignal(record, {
      type: types[kind],
      ...(record.eventName.startsWith('weak') && { weak: true }),
    })
    if (!types[kind].includes(':EC2/')) return signal
    const resource = { ResourceType: 'Instance', InstanceDetails: { InstanceId: 'i-0aa' } }
    return {
      ...signal,
      resource,
      action: { ActionType: 'NETWORK_CONNECTION' },
      entities: [`instance ${account} i-0aa`],
    }
  },
})

interface Step {
  readonly say: string
  readonly who?: string
  readonly from?: string
  readonly afterHours?: number
}

function signalsOf(steps: readonly Step[]): readonly Signal[] {
  const onFault = (name: string, error: unknown): never => assert.fail(`${name}: ${String(error)}`)
  const { see } = createDetection({
    detectors: [echo, ...sequenceDetectors([echo])],
    surroundings: unknownSurroundings,
    onFault,
  })
  let atMs = Date.UTC(2026, 0, 1)
  return steps
    .flatMap(({ say, who = 'ann', from = '203.0.113.66', afterHours = 0.1 }, at) => {
      atMs += afterHours * hourMs
      return see('cloudTrail', {
        ...{
          eventID: `${at}`,
          eventTime: new Date(atMs).toISOString(),
          eventSource: 'iam.amazonaws.com',
          eventName: say,
        },
        ...{ awsRegion: 'eu-central-1', recipientAccountId: account, sourceIPAddress: from },
        userIdentity: {
          type: 'IAMUser',
          userName: who,
          arn: `arn:aws:iam::${account}:user/${who}`,
          accountId: account,
          accessKeyId: `AKIA${who}`,
        },
      })
    })
    .filter(({ type }) => type.startsWith('AttackSequence:'))
}

const rows: readonly (readonly [name: string, steps: readonly Step[], want: readonly string[]])[] = [
  [
    'three signals of three tactics',
    [{ say: 'discovery' }, { say: 'persistence' }, { say: 'stealth' }],
    [credentials],
  ],
  [
    'weak ones count',
    [{ say: 'weak discovery' }, { say: 'weak escalation' }, { say: 'persistence' }],
    [credentials],
  ],
  [
    'weak ones alone do not',
    [{ say: 'weak discovery' }, { say: 'weak escalation' }, { say: 'weak persistence' }],
    [],
  ],
  ['low ones alone do not', [{ say: 'discovery' }, { say: 'stealth' }, { say: 'weak escalation' }], []],
  ['two signals', [{ say: 'discovery' }, { say: 'persistence' }], []],
  [
    'one tactic three times',
    [{ say: 'a persistence' }, { say: 'b persistence' }, { say: 'c persistence' }],
    [],
  ],
  ['one signal three times', [{ say: 'persistence' }, { say: 'persistence' }, { say: 'discovery' }], []],
  [
    'over two days',
    [{ say: 'discovery' }, { say: 'stealth', afterHours: 20 }, { say: 'persistence', afterHours: 20 }],
    [],
  ],
  [
    'two people from two places',
    [{ say: 'discovery' }, { say: 'persistence', who: 'bob', from: '203.0.113.9' }, { say: 'stealth' }],
    [],
  ],
  [
    'two people from one place, one weighty signal',
    [{ say: 'discovery' }, { say: 'persistence', who: 'bob' }, { say: 'stealth' }],
    [],
  ],
  [
    'a user that the first one made, from one place',
    [{ say: 'discovery' }, { say: 'persistence' }, { say: 'escalation', who: 'bob' }],
    [credentials],
  ],
  ['with data', [{ say: 'discovery' }, { say: 'persistence' }, { say: 'deletion' }], [credentials, data]],
  ['a machine', [{ say: 'scan' }, { say: 'control' }, { say: 'mining' }], [instances]],
  ['a machine that is scanned only', [{ say: 'scan' }, { say: 'a scan' }, { say: 'b scan' }], []],
]

for (const [name, steps, want] of rows)
  test(`sequences: ${name}`, () => {
    assert.deepEqual([...new Set(signalsOf(steps).map(({ type }) => type))], want)
  })

test('sequences: every type has a row, and there are as many rows as there are', () => {
  assert.equal(rows.length, 14)
  const found = sequenceDetectors([]).flatMap(({ finds }) => Object.keys(finds))
  assert.deepEqual([...new Set(rows.flatMap(([, , want]) => want))].toSorted(), found.toSorted())
  for (const { finds } of sequenceDetectors([]))
    for (const { severity } of Object.values(finds)) assert.ok(severity >= 9)
})

test('sequences: an attack that goes on is the same one, told anew', () => {
  const told = signalsOf([
    { say: 'discovery' },
    { say: 'persistence' },
    { say: 'stealth' },
    { say: 'escalation' },
    { say: 'escalation' },
  ])
  assert.equal(told.length, 3)
  assert.equal(new Set(told.map(({ key }) => key)).size, 1)
  assert.equal(new Set(told.map(({ sequence }) => sequence?.Uid)).size, 1)
  assert.deepEqual(
    told.map(({ sequence }) => sequence?.Signals.length),
    [3, 4, 4],
  )
})

test('sequences: tells who, from where, what, and what shows it', () => {
  const { sequence } =
    signalsOf([{ say: 'discovery' }, { say: 'persistence' }, { say: 'persistence' }, { say: 'deletion' }]).at(
      -1,
    ) ?? {}
  assert.ok(sequence)
  const [actor, ...others] = sequence.Actors ?? []
  assert.deepEqual(others, [])
  assert.deepEqual(actor?.User, {
    Name: 'ann',
    Uid: `arn:aws:iam::${account}:user/ann`,
    Type: 'IAMUser',
    Account: { Uid: account },
    CredentialUid: 'AKIAann',
  })
  assert.deepEqual(
    sequence.Endpoints?.map(({ Ip }) => Ip),
    ['203.0.113.66'],
  )
  assert.deepEqual(
    sequence.Signals.map(({ Name, Count, Severity, Type }) => [Name, Count, Severity, Type]),
    [
      [types.discovery, 1, 2, 'FINDING'],
      [types.persistence, 2, 5, 'FINDING'],
      [types.deletion, 1, 8, 'FINDING'],
    ],
  )
  for (const { ActorIds, EndpointIds } of sequence.Signals) {
    assert.deepEqual(ActorIds, [actor?.Id])
    assert.deepEqual(
      EndpointIds,
      sequence.Endpoints?.map(({ Id }) => Id),
    )
  }
  assert.deepEqual(
    sequence.SequenceIndicators?.map(({ Key, Values }) => [Key, Values?.length]),
    [
      ['ATTACK_TACTIC', 3],
      ['HIGH_RISK_API', 3],
      ['UNUSUAL_API_FOR_ACCOUNT', 3],
    ],
  )
})
