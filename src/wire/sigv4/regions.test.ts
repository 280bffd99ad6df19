// Goal: a signature is for the regions that it says and for no other, and a call acts in one of them.
// Method: rows of sets, with the region that a call acts in where us-east-1 is preferred, and whether eu-west-1 is signed for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSignedFor, regionOf } from './regions.ts'

const rows: readonly [regionSet: readonly string[], acts: string | undefined, inEurope: boolean][] = [
  [['us-east-1'], 'us-east-1', false],
  [['eu-west-1'], 'eu-west-1', true],
  [['eu-west-1', 'us-east-1'], 'us-east-1', true],
  [['ap-south-1', 'eu-west-1'], 'ap-south-1', true],
  [['*'], 'us-east-1', true],
  [['us-*'], 'us-east-1', false],
  [['*-east-1'], 'us-east-1', false],
  [['*-*-1'], 'us-east-1', true],
  [['eu-*'], undefined, true],
  [['eu-*', 'eu-central-1'], 'eu-central-1', true],
  [['eu-*-2'], undefined, false],
  [['*west*west*'], undefined, false],
  [['eu-west-1*-1'], undefined, false], // The parts do not share a character.
]

test('regions: of SigV4a', () => {
  for (const [regionSet, acts, inEurope] of rows) {
    const claim = { regionSet, scope: { date: '', region: undefined, service: 'iam', text: '' } }
    assert.equal(regionOf(claim, 'us-east-1'), acts, regionSet.join())
    assert.equal(isSignedFor(claim, 'eu-west-1'), inEurope, regionSet.join())
  }
  assert.equal(rows.length, 13)
})

test('regions: of SigV4 there is one', () => {
  const claim = {
    regionSet: undefined,
    scope: { date: '', region: 'eu-west-1', service: 'iam', text: '' },
  }
  assert.equal(regionOf(claim, 'us-east-1'), 'eu-west-1')
  assert.deepEqual([isSignedFor(claim, 'eu-west-1'), isSignedFor(claim, 'us-east-1')], [true, false])
})
