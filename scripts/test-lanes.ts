import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { ownModules } from '../test/redoubt-program.ts'

/** Files that are run so many at a time. */
export interface Lane {
  readonly files: readonly string[]
  readonly concurrency: number
}

/** A file that takes longer is ended. Units: milliseconds. */
const timeoutMs = 10 * 60_000

/** What Node counts at the end of a run, a line each. */
const counted = /^(?<what>tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) (?<value>[\d.]+)$/

/** Runs lanes side by side. */
export function runLanes(lanes: readonly Lane[]) {
  return lanes
    .filter(({ files }) => files.length > 0)
    .map(({ files, concurrency }) =>
      run({ files, concurrency, timeout: timeoutMs, execArgv: ['--import', ownModules] }),
    )
}

/**
 * The events of lanes as those of one run: of one lane after another, since reporters expect a test's events together. Counts are added
 * up; the duration is the longest.
 */
export async function* asOneRun(lanes: ReturnType<typeof runLanes>): AsyncGenerator<TestEvent, void> {
  const counts = new Map<string, number>()
  for (const lane of lanes)
    for await (const event of lane as AsyncIterable<TestEvent>) {
      const { message = '', nesting = 0 } = event.type === 'test:diagnostic' ? event.data : {}
      const { what, value } = counted.exec(message)?.groups ?? {}
      if (what === undefined || nesting > 0) yield event
      else counts.set(what, added(what, counts.get(what) ?? 0, Number(value)))
    }
  for (const [what, value] of counts)
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${what} ${value}`, level: 'info' } }
}

function added(what: string, one: number, other: number): number {
  return what === 'duration_ms' ? Math.max(one, other) : one + other
}
