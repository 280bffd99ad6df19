// What every drill is: a fault, a promise, and what is done to see whether it is kept.
import { existsSync, readlinkSync } from 'node:fs'
import type { Lifetime } from '../test/server.ts'

/** What a drill is about, said before anything is done. */
export interface Question {
  /** What goes wrong, in a few words. */
  readonly fault: string
  /** What Redoubt promises then, in a sentence. */
  readonly promise: string
}

/** What a drill works with: whatever it makes ends with it. */
export interface DrillRun extends Lifetime {
  /** Says what was done, or what was seen. */
  readonly saw: (what: string) => void
  /** Shows figures; the head says what they are. */
  readonly table: (head: readonly string[], ...rows: readonly (readonly string[])[]) => void
}

/** What the page is made of: a drill prints these in front of its lines. */
export const marks = { fault: 'Fault: ', promise: 'Promise: ', verdict: 'Verdict: ' } as const

/** This machine cannot do a drill. */
class CannotRun extends Error {}

/**
 * Runs one drill to its end: prints the fault and the promise, what was seen, and, once all that it made has ended, the verdict. Whatever is
 * thrown means that the promise was broken, and makes the process end with exit code 1; so does a bug that a server of it logged.
 */
export async function drill(
  { fault, promise }: Question,
  run: (t: DrillRun) => Promise<void>,
): Promise<never> {
  const afters: (() => unknown)[] = []
  const failures: unknown[] = []
  const clear = async (): Promise<void> => {
    for (let after = afters.pop(); after; after = afters.pop())
      try {
        await after()
      } catch (error) {
        failures.push(error)
      }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void clear().then(() => process.exit(1)))
  console.log(`${marks.fault}${fault}\n${marks.promise}${promise}`)
  await run({
    saw: (what) => console.log(`- ${what}`),
    table: (head, ...rows) => {
      const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
      console.log(['', line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n'))
    },
    diagnostic: (message) => console.error(message.slice(0, 2_000)),
    after: (done) => void afters.push(done ?? (() => undefined)),
  }).catch((error: unknown) => failures.push(error))
  await clear()
  const [failure] = failures
  if (failure instanceof CannotRun) {
    console.error(`not run: ${failure.message}`)
    process.exit(notRun)
  }
  for (const error of failures) console.error(error)
  if (failures.length === 0 && process.exitCode === undefined) {
    console.log(`${marks.verdict}kept`)
    process.exit(0)
  }
  const why = failures.length === 0 ? 'the server logged a bug' : messageOf(failure)
  console.log(`${marks.verdict}BROKEN: ${why.split('\n')[0]}`)
  process.exit(1)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error)
}

/** A drill that this machine cannot do says why, and what would be needed; its section stays as it was. */
export function cannot(why: string): never {
  throw new CannotRun(why)
}

export const notRun = 77

/** Whether a process is there and no zombie. */
export function lives(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/exe`)) return false
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== ''
  } catch {
    return false // A zombie has no program any more.
  }
}

/** A whole number from the command's environment: how often, how long. */
export function numberOf(name: string, otherwise: number): number {
  const given = Number(process.env[name] ?? otherwise)
  if (!Number.isSafeInteger(given) || given < 1) throw new Error(`${name} is a whole number from 1 on`)
  return given
}
