import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Grown, Subject } from './subject.ts'

/** What a subject came to, by how many there were. */
export interface Growth {
  readonly subject: Pick<Subject, 'what' | 'operation' | 'counts'>
  /** CPU time of the operation, garbage collection included: the median of the rounds. Units: microseconds. */
  readonly micros: readonly number[]
  /** What each one more takes. Units: bytes. */
  readonly bytesEach: number
}

const batchMicros = 2_000

/** Measures a subject at its three sizes, which take turns round after round: a slow moment meets all of them. */
export async function growthOf(subject: Subject, rounds: number, roundMs: number): Promise<Growth> {
  const worlds: { readonly grown: Grown; readonly bytes: number; readonly figures: number[] }[] = []
  for (const count of subject.counts) {
    const before = heldBytes()
    const grown = await subject.make(count)
    await grown.run() // What is made on first use counts too.
    worlds.push({ grown, bytes: heldBytes() - before, figures: [] })
  }
  for (const { grown } of worlds) await cpuMicros(grown, roundMs * 5) // Compiled by now, as after a minute of service.
  for (let round = 0; round < rounds; round += 1)
    for (const { grown, figures } of worlds) figures.push(await cpuMicros(grown, roundMs))
  for (const { grown } of worlds) await grown.end?.()
  const [fewest, most] = [worlds[0]?.bytes ?? 0, worlds.at(-1)?.bytes ?? 0]
  return {
    subject,
    micros: worlds.map(({ figures }) => median(figures)),
    bytesEach: (most - fewest) / ((subject.counts.at(-1) ?? 0) - subject.counts[0]),
  }
}

/** CPU time of one operation in a round of so long. Nothing is awaited that gives no promise: a turn costs more than a look-up. */
async function cpuMicros({ run }: Grown, roundMs: number): Promise<number> {
  const until = performance.now() + roundMs
  const begun = process.cpuUsage()
  let [calls, batch] = [0, 1]
  do {
    const batchBegun = performance.now()
    for (let n = 0; n < batch; n += 1) {
      const done = run()
      if (done instanceof Promise) await done
    }
    calls += batch
    if ((performance.now() - batchBegun) * 1000 < batchMicros) batch *= 2
  } while (performance.now() < until)
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / calls
}

export function median(figures: readonly number[]): number {
  return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)] ?? Number.NaN
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void // As the flag says.

function heldBytes(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
