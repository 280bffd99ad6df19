// Goal: detection sees attacks, leaves alone what is like them, and is quiet where nothing happens, as a whole and in numbers.
// Method: all detectors learn a quiet fortnight of fifty people, made from a seed; each known technique and its harmless twin is then shown to them
// by itself. The bounds are a little wider than what holds, so that they fail when it gets worse.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allDetectors } from '#engines/detect/index.ts'
import { techniques } from './attacks.ts'
import { measureQuality, type Outcome, type Quality } from './quality.ts'
import { threats } from './threats.ts'

const seeds = [1, 2, 3]
const measured = seeds.map((seed): readonly [number, Quality] => [seed, measureQuality(seed)])

/** The issue asks for under one. Five happenings of the fortnight are told: they would be worth a question. */
const falseFindingsADayMax = 0.45
/** The issue asks for 30 of 35. */
const [missedMax, missedFromInsideMax, threatsMissedMax] = [1, 2, 0]
/** The issue asks for a tenth. */
const [twinsFoundMax, twinsOfThreatsFoundMax] = [2, 2]

test('quality: there are as many techniques as are known, each once', () => {
  assert.equal(techniques.length, 43)
  assert.equal(threats.length, 42)
  const all = [...techniques, ...threats]
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
})

test('quality: every type that should tell of a technique is one that a detector finds', () => {
  const types = new Set(allDetectors.flatMap(({ finds }) => Object.keys(finds)))
  for (const { name, types: wanted } of [...techniques, ...threats])
    for (const type of wanted) assert.ok(types.has(type), `${name}: ${type}`)
})

const missed = (outcomes: readonly Outcome[], from: 'outside' | 'inside'): readonly string[] =>
  outcomes.filter((outcome) => outcome[from].length === 0).map(({ technique }) => technique.name)
const twins = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.flatMap(({ technique, ofTwin }) => ofTwin.map((type) => `${technique.name}: ${type}`))
const atMost = (found: readonly string[], max: number): void =>
  assert.ok(found.length <= max, found.join('\n'))

for (const [seed, { days, quiet, outcomes, ofThreats }] of measured) {
  test(`quality: a quiet fortnight has few findings, none of them critical (seed ${seed})`, () => {
    const told = quiet.map(({ type, key }) => `${type} ${key}`)
    atMost(told, falseFindingsADayMax * days)
    atMost(
      told.filter((one) => one.startsWith('AttackSequence:')),
      0,
    )
  })

  test(`quality: techniques are seen, each by types of its own (seed ${seed})`, () => {
    atMost(missed(outcomes, 'outside'), missedMax)
    atMost(missed(ofThreats, 'outside'), threatsMissedMax)
  })

  test(`quality: techniques are seen where the credentials are used from their usual place, too (seed ${seed})`, () => {
    atMost(missed(outcomes, 'inside'), missedFromInsideMax)
  })

  test(`quality: what looks like an attack and is none is left alone (seed ${seed})`, () => {
    atMost(twins(outcomes), twinsFoundMax)
    atMost(twins(ofThreats), twinsOfThreatsFoundMax)
  })
}
