// What tests of crashes share: a process that is killed while it works.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

interface Program {
  /** Node's arguments. */
  readonly words: readonly string[]
  readonly cwd?: string
  /** How long it goes on after its first word. Units: milliseconds. */
  readonly afterMs: number
}

/** Begins a process and kills it by SIGKILL; answers the lines that it had said in full. */
export async function killed({ words, cwd, afterMs }: Program): Promise<readonly string[]> {
  const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const exited = once(child, 'close')
  await once(child.stdout, 'data')
  await sleep(afterMs)
  child.kill('SIGKILL')
  await exited
  return text.split('\n').slice(0, -1)
}
