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
}

/** What the page is made of: a drill prints these in front of its lines. */
export const marks = { fault: 'Fault: ', promise: 'Promise: ', verdict: 'Verdict: ' } as const

/**
 * Runs one drill to its end: prints the fault and the promise, what was seen, and the verdict. Whatever is thrown means that the promise was
 * broken, and makes the process end with exit code 1.
 */
export async function drill(
  { fault, promise }: Question,
  run: (t: DrillRun) => Promise<void>,
): Promise<never> {
  const afters: (() => unknown)[] = []
  const saw = (what: string): void => console.log(`- ${what}`)
  console.log(`${marks.fault}${fault}\n${marks.promise}${promise}`)
  let code = 0
  try {
    await run({
      saw,
      diagnostic: (message) => console.error(message.slice(0, 2_000)),
      after: (done) => void afters.push(done ?? (() => undefined)),
    })
    console.log(`${marks.verdict}kept`)
  } catch (error) {
    code = 1
    console.log(`${marks.verdict}BROKEN: ${error instanceof Error ? error.message : String(error)}`)
    console.error(error)
  }
  for (const after of afters.toReversed()) await after()
  // A server's bug that a helper saw after the verdict counts, too.
  process.exit(code || Number(process.exitCode ?? 0))
}

/** A drill that this machine cannot do says why, and what would be needed; its section stays as it was. */
export function cannot(why: string): never {
  console.error(`not run: ${why}`)
  process.exit(notRun)
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
