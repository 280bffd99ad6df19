import type { QueryOutcome } from './query-run.ts'
import { quotas } from './quotas.ts'

interface Run {
  readonly account: string
  readonly ends: Promise<QueryOutcome>
  outcome?: QueryOutcome
  /** Of its results. */
  bytes: number
}

/** Results that are kept: a bound of our own. Units: bytes, about. */
const keptBytesMax = 128 * 1024 * 1024
const keptMax = 200

/**
 * What queries came to, in this worker: another one would come to the same. So few run at a time that their memory is bounded, and what the
 * latest came to is kept; the others run again when they are asked for.
 */
export class QueryRuns {
  readonly #runs = new Map<string, Run>()

  outcome(queryId: string): QueryOutcome | undefined {
    return this.#runs.get(queryId)?.outcome
  }

  /** Where a query ends, which begins if it has not; undefined while as many run as may. */
  ends(
    queryId: string,
    account: string,
    begin: () => Promise<QueryOutcome>,
  ): Promise<QueryOutcome> | undefined {
    const known = this.#runs.get(queryId)
    if (known) return known.ends
    const running = [...this.#runs.values()].filter(({ outcome }) => outcome === undefined)
    if (running.length >= quotas.queriesAtATime) return undefined
    if (running.filter((one) => one.account === account).length >= quotas.queriesOfAccountAtATime)
      return undefined
    const run: Run = { account, ends: begin(), bytes: 0 }
    this.#runs.set(queryId, run)
    run.ends.then(
      (outcome) => this.#keep(run, outcome),
      // Whoever waits is told; the next one who asks has it run anew.
      () => this.#runs.delete(queryId),
    )
    return run.ends
  }

  #keep(run: Run, outcome: QueryOutcome): void {
    run.outcome = outcome
    run.bytes = sizeOf(outcome)
    const ended = [...this.#runs].filter(([, { outcome }]) => outcome !== undefined)
    let bytes = ended.reduce((sum, [, run]) => sum + run.bytes, 0)
    for (const [index, [queryId, run]] of ended.entries()) {
      if (bytes <= keptBytesMax && ended.length - index <= keptMax) return
      this.#runs.delete(queryId)
      bytes -= run.bytes
    }
  }
}

function sizeOf({ results }: QueryOutcome): number {
  let bytes = 0
  for (const row of results) for (const { value = '' } of row) bytes += 100 + 2 * value.length
  return bytes
}
