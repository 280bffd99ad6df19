// Goal: what detectors of calls say does not depend on when the process stopped, nor on records that come twice.
// Method: all rows as one stream, in an order drawn by a seed, cut at points drawn too and gone on with from the state's JSON text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { surroundings } from '../../../../test/detect/calls.ts'
import { callRows } from '../../../../test/detect/rows/index.ts'
import { type CloudTrailRecord, createDetection, type DetectionState, type Signal } from '../index.ts'
import { accessDetectors } from './access/index.ts'
import { controlDetectors } from './control/index.ts'

const detectors = [...controlDetectors, ...accessDetectors]
const rows = callRows.flatMap(({ fires, silent }) => [...fires, ...silent].map(([, , records]) => records))

function detection(state?: DetectionState) {
  return createDetection({
    ...{ detectors, surroundings, ...(state && { state }) },
    onFault: (name, error) => assert.fail(`${name}: ${String(error)}`),
  })
}

function said(records: readonly CloudTrailRecord[], cuts: readonly number[]): readonly Signal[] {
  let running = detection()
  return records.flatMap((record, at) => {
    if (cuts.includes(at)) running = detection(JSON.parse(JSON.stringify(running.state())) as DetectionState) // `state` wrote it.
    return running.see('cloudTrail', record)
  })
}

test('stream: cut anywhere, it says the same; what comes twice says nothing', () => {
  const order = fc.shuffledSubarray(rows, { minLength: rows.length })
  fc.assert(
    fc.property(order, fc.array(fc.nat(2000), { maxLength: 4 }), (shuffled, cuts) => {
      const records = shuffled.flat()
      const whole = said(records, [])
      assert.ok(whole.length > 100)
      assert.deepEqual(said(records, cuts), whole)
      assert.deepEqual(said([...records, ...records], [records.length]), whole)
    }),
    { numRuns: 8 },
  )
})
