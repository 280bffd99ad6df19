// Goal: each type is found by what calls do, and what looks alike is not found.
// Method: records as CloudTrail writes them, seen by all detectors of the family; the tables count that no type is missing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { call, surroundings } from '../../../../../test/detect/calls.ts'
import { checkRows } from '../../../../../test/detect/check-rows.ts'
import { dataRows } from '../../../../../test/detect/rows/data.ts'
import { logRows } from '../../../../../test/detect/rows/logs.ts'
import { machineRows } from '../../../../../test/detect/rows/machines.ts'
import { rightRows } from '../../../../../test/detect/rows/rights.ts'
import { createDetection } from '../../index.ts'
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
