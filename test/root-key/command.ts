import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { redoubtProgram } from '../redoubt-program.ts'

/** A `redoubt keys rotate-root` that runs. */
export interface RotateCommand {
  readonly child: ChildProcess
  isOver(): boolean
  /** Both of its outputs so far. */
  printed(): string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
}

/** Starts the command for a data directory, with nothing else in its environment. */
export function rotateRoot(
  directory: string,
  { environment = {}, flags = [] }: CommandOptions = {},
): RotateCommand {
  const [program, ...before] = redoubtProgram
  const child = spawn(program, [...before, 'keys', 'rotate-root', '--data', directory, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: directory, ...environment },
  })
  const endWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  const ended = once(child, 'close').then(
    ([code, signal]: (number | string | null)[]) => signal ?? code ?? null,
  )
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  return { child, isOver, printed: () => text, ended }
}
