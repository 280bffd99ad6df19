// Goal: detection sees attacks, leaves alone what is like them, and is quiet where nothing happens, as a whole and in numbers.
// Method: all detectors learn a quiet fortnight of fifty people, made from a seed; each known technique and its harmless twin is then shown to them
// by itself. The bounds are a little wider than what holds, so that they fail when it gets worse.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allDetectors } from '#engines/detect/index.ts'
import { techniques } from './attacks.ts'
import { measureQuality, type Quality } from './quality.ts'

const seeds = [1, 2, 3]
const measured = seeds.map((seed): readonly [number, Quality] => [seed, measureQuality(seed)])

/** The issue asks for under one. */
const falseFindingsADayMax = 0.4
/** The issue asks for 30 of 35. */
const [missedMax, missedFromInsideMax] = [1, 3]
/** The issue asks for a tenth. */
const twinsFoundMax = 2

test('quality: there are as many techniques as are known, each once', () => {
  assert.equal(techniques.length, 43)
  assert.equal(new Set(techniques.map(({ name }) => name)).size, techniques.length)
})

test('quality: every type that should tell of a technique is one that a detector finds', () => {
  const types = new Set(allDetectors.flatMap(({ finds }) => Object.keys(finds)))
  for (const { name, types: wanted } of techniques)
    for (const type of wanted) assert.ok(types.has(type), `${name}: ${type}`)
})

for (const [seed, { days, quiet, outcomes }] of measured) {
  test(`quality: a quiet fortnight has few findings, none of them critical (seed ${seed})`, () => {
    const told = quiet.map(({ type, key }) => `${type} ${key}`).join('\n')
    assert.ok(quiet.length / days <= falseFindingsADayMax, told)
    assert.deepEqual(
      quiet.filter(({ type }) => type.startsWith('AttackSequence:')),
      [],
      told,
    )
  })

  test(`quality: techniques are seen by types of their own (seed ${seed})`, () => {
    const missed = outcomes
      .filter(({ outside }) => outside.length === 0)
      .map(({ technique }) => technique.name)
    assert.ok(missed.length <= missedMax, missed.join())
  })

  test(`quality: techniques are seen where the credentials are used from their usual place, too (seed ${seed})`, () => {
    const missed = outcomes.filter(({ inside }) => inside.length === 0).map(({ technique }) => technique.name)
    assert.ok(missed.length <= missedFromInsideMax, missed.join())
  })

  test(`quality: what looks like an attack and is none is left alone (seed ${seed})`, () => {
    const found = outcomes.flatMap(({ technique, ofTwin }) =>
      ofTwin.map((type) => `${technique.name}: ${type}`),
    )
    assert.ok(found.length <= twinsFoundMax, found.join())
  })
}
