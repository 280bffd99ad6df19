// Goal: what a service did by itself is recorded as CloudTrail records it, and found like any other record.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import { matchesAttribute, textOfAttribute } from './attributes.ts'
import { writeEvent } from './event-record.ts'
import { readRecord, usernameOf } from './stored-record.ts'

const account = '111122223333' as AccountId // Twelve digits.
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
const resource = `arn:aws:kms:us-west-2:${account}:key/${keyId}` as Arn // Written out.

const line = writeEvent((length) => Buffer.alloc(length), {
  service: 'kms',
  name: 'DeleteKey',
  account,
  region: 'us-west-2',
  nowMs: Date.UTC(2020, 6, 31, 0, 7, 0, 900),
  resource,
  details: { keyId },
})

test('event record: as in the KMS Developer Guide, DeleteKey', () => {
  assert.deepEqual(JSON.parse(line), {
    eventVersion: '1.11',
    userIdentity: { accountId: account, invokedBy: 'AWS Internal' },
    eventTime: '2020-07-31T00:07:00Z',
    eventSource: 'kms.amazonaws.com',
    eventName: 'DeleteKey',
    awsRegion: 'us-west-2',
    sourceIPAddress: 'AWS Internal',
    userAgent: 'AWS Internal',
    requestParameters: null,
    responseElements: null,
    eventID: '00000000-0000-4000-8000-000000000000',
    readOnly: false,
    resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: resource }],
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: account,
    serviceEventDetails: { keyId },
    eventCategory: 'Management',
  })
})

test('event record: it is found by what it is and what it touched; nobody did it', () => {
  const record = readRecord(line)
  assert.equal(usernameOf(record), undefined)
  const rows = [
    ['EventName', 'DeleteKey', true],
    ['EventName', 'RotateKey', false],
    ['EventSource', 'kms.amazonaws.com', true],
    ['ReadOnly', 'false', true],
    ['ResourceName', keyId, true],
    ['ResourceType', 'AWS::KMS::Key', true],
    ['AccessKeyId', 'AKIAALICE', false],
    ['Username', 'AWS Internal', false],
  ] as const
  for (const [key, value, want] of rows) {
    assert.equal(matchesAttribute(record, { key, value }), want, `${key} ${value}`)
    // The quick look at the line's text never hides a match.
    if (want) assert.ok(line.includes(textOfAttribute({ key, value }) ?? ''), `${key} ${value}`)
  }
  assert.equal(rows.length, 8)
})
