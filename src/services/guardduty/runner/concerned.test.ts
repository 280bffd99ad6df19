// Goal: a record reaches the detectors of its account and Region, whatever its sender wrote into it, and GuardDuty's own doings reach none.
// Method: rows of lines.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Source } from '#engines/detect/index.ts'
import { placeRecord } from './concerned.ts'

const here = '111122223333'
const there = '444455556666'
const base = {
  eventTime: '2026-01-02T03:04:05Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'RunInstances',
  awsRegion: 'eu-west-1',
  recipientAccountId: here,
}
const rows: readonly [name: string, source: Source, line: object | string, want: string | undefined][] = [
  ['a call', 'cloudTrail', base, `${here} eu-west-1`],
  [
    'a call of a global service',
    'cloudTrail',
    { ...base, eventSource: 'iam.amazonaws.com' },
    `${here} everywhere`,
  ],
  ['a call in another account', 'cloudTrail', { ...base, recipientAccountId: there }, undefined],
  [
    'another account within what was sent',
    'cloudTrail',
    { requestParameters: { recipientAccountId: there }, ...base },
    `${here} eu-west-1`,
  ],
  [
    'the own account within what was sent',
    'cloudTrail',
    { requestParameters: { recipientAccountId: here }, ...base, recipientAccountId: there },
    undefined,
  ],
  [
    'an old record without recipient',
    'cloudTrail',
    { ...base, recipientAccountId: undefined, userIdentity: { accountId: here } },
    `${here} eu-west-1`,
  ],
  [
    'another account within what was sent, in a record from elsewhere, with its members in another order',
    'cloudTrail',
    { ...base, requestParameters: { recipientAccountId: there } },
    `${here} eu-west-1`,
  ],
  [
    'another account within what was sent, in an old record without recipient',
    'cloudTrail',
    {
      ...{ ...base, recipientAccountId: undefined, userIdentity: { accountId: here } },
      requestParameters: { recipientAccountId: there, eventCategory: 'Management' },
    },
    `${here} eu-west-1`,
  ],
  [
    'as the own trail ends',
    'cloudTrail',
    { ...base, sharedEventID: '00000000-0000-4000-8000-000000000001', eventCategory: 'Data' },
    `${here} eu-west-1`,
  ],
  [
    'what GuardDuty did',
    'cloudTrail',
    { ...base, userIdentity: { invokedBy: 'guardduty.amazonaws.com' } },
    undefined,
  ],
  ['without a time', 'cloudTrail', { ...base, eventTime: 'soon' }, undefined],
  ['without a name', 'cloudTrail', { ...base, eventName: 7 }, undefined],
  ['torn', 'cloudTrail', JSON.stringify(base).slice(0, -9), undefined],
  ['a list', 'cloudTrail', `["${here}"]`, undefined],
  ['a flow', 'flow', { accountId: here, region: 'eu-west-1' }, `${here} eu-west-1`],
  ['a flow of nobody knows which Region', 'flow', { accountId: here }, `${here} everywhere`],
  [
    'a request',
    'web',
    { accountId: here, resourceArn: `arn:aws:elasticloadbalancing:us-east-2:${here}:loadbalancer/x` },
    `${here} us-east-2`,
  ],
  ['a query of another account', 'dns', { accountId: there }, undefined],
]

test('records: whom each concerns', () => {
  const around = {
    wanted: (account: string) => account === here,
    globalSources: new Set(['iam.amazonaws.com']),
  }
  for (const [name, source, line, want] of rows) {
    const placed = placeRecord(source, typeof line === 'string' ? line : JSON.stringify(line), around)
    assert.equal(placed && `${placed.account} ${placed.region ?? 'everywhere'}`, want, name)
  }
  assert.equal(rows.length, 18)
})
