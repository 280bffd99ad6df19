// Goal: whatever bit of a data directory is flipped: a start says clearly why it refuses, or what is damaged is told and passed over, or
// every answer is as before. Never is anything else served.
// Method: the experiment of flipped-bits.ts, with a seed that is printed; each kind of file has its turn.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flipBits } from './flipped-bits.ts'

const seed = Number(process.env['SEED'] ?? 20_260_102)

test('integrity: no flipped bit of a data directory is served', async (t) => {
  const outcomes = await flipBits({ seed, flips: 200 })
  const wrong = outcomes.filter(({ outcome }) => outcome === 'WRONG')
  assert.deepEqual(wrong, [], `seed ${seed}`)
  const counts = Object.groupBy(outcomes, ({ outcome }) => outcome)
  t.diagnostic(
    `seed ${seed}: ${Object.entries(counts)
      .map(([outcome, all]) => `${outcome} ${all.length}`)
      .join(', ')}`,
  )
  assert.equal(outcomes.length, 200)
  for (const outcome of ['refused', 'told'] as const)
    assert.ok((counts[outcome]?.length ?? 0) > 30, `${outcome}: ${counts[outcome]?.length}`)
})
