import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { redoubtProgram } from './redoubt-program.ts'

/** What a command did. */
export interface Done {
  /** Its exit code, or the signal that ended it. */
  readonly ended: number | string | null
  /** Both of its outputs. */
  readonly printed: string
}

/** A command that takes longer is ended. Units: milliseconds. */
const commandMsMax = 60_000

/** Runs a `redoubt` command to its end, with nothing else in its environment. */
export async function redoubt(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Done> {
  const [program, ...before] = redoubtProgram
  const child = spawn(program, [...before, ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: commandMsMax,
    env: { PATH: process.env['PATH'], ...environment },
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk
    })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { ended: signal ?? code, printed }
}
