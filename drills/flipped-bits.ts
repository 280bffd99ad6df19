// Bits flipped at random in every kind of file of a data directory, each followed by a start and by questions about all that is in it.
import assert from 'node:assert/strict'
import { flipBits } from '../test/integrity/flipped-bits.ts'
import { drill, numberOf } from './drill.ts'

const flips = numberOf('FLIPS', 500)
const seed = numberOf('SEED', 1)

await drill(
  {
    fault: 'a bit of what is stored flips',
    promise: 'The start is refused, or what is damaged is passed over and told: nothing false is served.',
  },
  async (t) => {
    const outcomes = await flipBits({ seed, flips })
    const wrong = outcomes.filter(({ outcome }) => outcome === 'WRONG')
    assert.deepEqual(wrong, [])
    assert.equal(outcomes.length, flips)
    const count = (wanted: string): number => outcomes.filter(({ outcome }) => outcome === wanted).length
    t.saw(
      `${flips} flips (seed ${seed}): ${count('refused')} were refused with a reason, ${count('told')} passed over and told, ${count('same')} changed no answer. None was served.`,
    )
  },
)
