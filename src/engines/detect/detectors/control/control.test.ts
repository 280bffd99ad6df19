// Goal: each type is found by what calls do, and what looks alike is not found.
// Method: records as CloudTrail writes them, seen by all detectors of the family; the tables count that no type is missing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { account, call, foreign, policy, surroundings } from '../../../../../test/detect/calls.ts'
import { checkRows, found } from '../../../../../test/detect/check-rows.ts'
import { dataRows } from '../../../../../test/detect/rows/data.ts'
import { logRows } from '../../../../../test/detect/rows/logs.ts'
import { machineRows } from '../../../../../test/detect/rows/machines.ts'
import { rightRows } from '../../../../../test/detect/rows/rights.ts'
import { type CloudTrailRecord, createDetection, unknownSurroundings } from '../../index.ts'
import { controlDetectors } from './index.ts'

const families = [logRows, rightRows, dataRows, machineRows]

checkRows('control', controlDetectors, {
  fires: families.flatMap(({ fires }) => fires),
  silent: families.flatMap(({ silent }) => silent),
})

/** Names that detectors look for, with anything in them. */
const names = [
  'name',
  'bucketName',
  'policy',
  'bucketPolicy',
  'eventSelectors',
  'policyDocument',
  'ipPermissions',
]

test('control: what records hold that nobody expects is no fault', () => {
  const events = [...new Set(controlDetectors.flatMap((one) => ('events' in one ? (one.events ?? []) : [])))]
  assert.ok(events.length > 100)
  const { see } = createDetection({
    ...{ detectors: controlDetectors, surroundings },
    onFault: (name, error) => assert.fail(`${name}: ${String(error)}`),
  })
  const odd = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue()))
  fc.assert(
    fc.property(fc.constantFrom(...events), odd, odd, (event, request, response) => {
      see(
        'cloudTrail',
        call(event, request as object, { responseElements: response as Readonly<Record<string, unknown>> }),
      )
    }),
    { numRuns: 500 },
  )
})

test('control: what is said again is no change', () => {
  const weak = () => call('iam:UpdateAccountPasswordPolicy', { minimumPasswordLength: 6 })
  assert.equal(found(controlDetectors, [weak(), weak(), weak()]).length, 1)
})

test('control: the own account is no stranger, though nothing is known of accounts', () => {
  const { see } = createDetection({
    ...{ detectors: controlDetectors, surroundings: unknownSurroundings, onFault: assert.ifError },
  })
  const trusting = (id: string) =>
    call('iam:CreateRole', {
      roleName: 'r',
      assumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: id }, Action: 'sts:AssumeRole' }),
    })
  assert.equal(see('cloudTrail', trusting(account)).length, 0)
  assert.equal(see('cloudTrail', trusting(foreign)).length, 1)
})

test('control: secrets that are read again and again are no news', () => {
  const all = () =>
    Array.from({ length: 20 }, (_, at) => call('secretsmanager:GetSecretValue', { secretId: `s${at}` }))
  const hourLater = (records: readonly CloudTrailRecord[]) =>
    records.map((record) => ({
      ...record,
      eventTime: new Date(Date.parse(record.eventTime) + 3_600_000).toISOString(),
    }))
  const once = found(controlDetectors, all()).length
  assert.ok(once > 0)
  assert.equal(found(controlDetectors, [...all(), ...hourLater(all())]).length, once)
})
