// Goal: whoever may everything in an account reaches nothing of another account, nor of another Region than it calls; it is told nothing that is
// there, and learns not even what exists.
// Method: every implemented operation, with inputs that are valid by AWS's model and name what is the victim's: once in a cloud where the victim
// has one of everything, once where it has nothing. Nothing of the victim's changes, no answer holds what was planted, and both clouds answer the
// same. The victim's own administrator shows that the inputs reach what they name. The seed is printed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seed } from '../wire/seed.ts'
import { namesOf } from './aimed-inputs.ts'
import { attemptsOn, implementedOperations, named, told, type Tried, tryAll } from './attempts.ts'
import { admin, cloudFor, home, stranger, victim } from './cloud.ts'
import { mark, plant } from './plants.ts'

const rounds = 16
const operationsMin = 588
/** Operations of the victim's own administrator that succeed, at least: of inputs by chance, many name what does not belong together. */
const reachedMin = 200

/** Operations that act in other Regions by what they are for, and answer for one that names one. */
const acrossRegions: ReadonlySet<string> = new Set(['kms:ReplicateKey', 'kms:UpdatePrimaryRegion'])

/** What an answer says, without what is random in it. */
const saying = ({ answers }: Tried): readonly string[] =>
  answers.map((answer) => told(answer).replaceAll(/[0-9a-f-]{8,}|\d{6,}/g, '~')).toSorted()

test(`another account's administrator, seed ${seed}`, async (t) => {
  const [planted, bare] = [await cloudFor(t), await cloudFor(t)]
  await plant(planted)
  const operations = implementedOperations(planted)
  const attempts = attemptsOn(operations, namesOf(planted, victim), rounds)
  const tried = await tryAll(planted, admin(stranger), attempts)
  const without = await tryAll(bare, admin(stranger), attempts)
  for (const [index, one] of tried.entries()) {
    const title = named(one.operation)
    const reached = one.changes.filter(({ account }) => account === victim)
    assert.deepEqual(reached, [], `${title} changes what is another account's`)
    assert.ok(!JSON.stringify(one.answers).includes(mark), `${title} tells what is another account's`)
    assert.deepEqual(saying(one), without[index] && saying(without[index]), `${title} tells what exists`)
  }
  assert.deepEqual([...planted.bugs(), ...bare.bugs()], [])
  assert.ok(tried.length >= operationsMin, `${tried.length} operations`)
  t.diagnostic(`${tried.flatMap(({ answers }) => answers).length} calls of ${tried.length} operations`)
})

test(`another Region's, and the same one's, administrator, seed ${seed}`, async (t) => {
  const planted = await cloudFor(t)
  await plant(planted)
  const attempts = attemptsOn(implementedOperations(planted), namesOf(planted, victim), rounds)
  const elsewhere = 'eu-central-1'
  for (const one of await tryAll(planted, admin(victim, elsewhere), attempts)) {
    const title = named(one.operation)
    const reached = one.changes.filter(({ region }) => region !== elsewhere && region !== 'global')
    if (acrossRegions.has(title)) continue
    assert.deepEqual(reached, [], `${title} changes what is another Region's`)
    const isGlobal = one.operation.service === 'iam'
    assert.ok(
      isGlobal || !JSON.stringify(one.answers).includes(mark),
      `${title} tells what is another Region's`,
    )
  }
  // In a cloud of its own: IAM is everywhere, and by now this one's administrator may have lost his rights.
  const fresh = await cloudFor(t)
  await plant(fresh)
  const aimed = attemptsOn(implementedOperations(fresh), namesOf(fresh, victim), rounds)
  const own = await tryAll(fresh, admin(victim, home), aimed)
  const reached = own.filter(({ answers }) => answers.some(({ ok }) => ok))
  assert.ok(reached.length >= reachedMin, `the inputs reach what they name: ${reached.length} operations`)
  assert.ok(
    JSON.stringify(own.map(({ answers }) => answers)).includes(mark),
    'what is planted is told to its owner',
  )
  assert.ok(own.some(({ changes }) => changes.length > 0))
})
