import { spawn } from 'node:child_process'
import { extname, join } from 'node:path'
import type { World } from '#core/world.ts'
import type { Job, JobAnswer } from './job.ts'
import { tellDamage } from '../damage.ts'
import { cancelled, timedOut, tooLarge, tooMuchMemory } from './limits.ts'

/** A job that runs. */
export interface RunningJob {
  readonly ends: Promise<JobAnswer>
  /** Ends it at once; `ends` then says that it failed. */
  readonly cancel: () => void
}

interface Limits {
  /** Units: milliseconds. */
  readonly timeMs: number
  /** What an answer may have. Units: bytes. */
  readonly answerBytesMax: number
}

const entry = join(import.meta.dirname, `sql-process${extname(import.meta.filename)}`)
/** Of JavaScript's heap: answers are put together there. Units: MiB. */
const heapMax = 512
/** How much later a process ends itself, should nobody else have. Units: milliseconds. */
const graceMs = 5_000

/** Begins a process for one job. It gets no environment, and is ended when its time or its answer's size is over. */
export function runJob(
  job: Job,
  { timeMs, answerBytesMax }: Limits,
  world: Pick<World, 'after'>,
): RunningJob {
  const { promise, resolve } = Promise.withResolvers<JobAnswer>()
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heapMax}`,
      '--disable-warning=ExperimentalWarning',
      entry,
      String(timeMs + graceMs),
      String(process.pid),
    ],
    {
      env: {},
      cwd: '/',
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  const pieces: Buffer[] = []
  let bytes = 0
  let why: JobAnswer | undefined
  function end(kind: 'refused' | 'failed', reason: string): void {
    why ??= { kind, reason }
    child.kill('SIGKILL')
  }
  const stopTimer = world.after(timeMs, () => end('refused', timedOut))
  child.stdout.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > answerBytesMax) end('refused', tooLarge)
    else pieces.push(piece)
  })
  // Whoever ends early does not read its job: the end tells.
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(job))
  child.on('error', (error) => resolve({ kind: 'failed', reason: String(error) }))
  child.on('close', (code, signal) => {
    stopTimer()
    if (why) resolve(why)
    else if (code === 0)
      resolve(told(JSON.parse(Buffer.concat(pieces).toString('utf8')) as JobAnswer)) // Our own process.
    // It ends itself so where it has grown too large, and so does the system.
    else if (signal === 'SIGKILL') resolve({ kind: 'refused', reason: tooMuchMemory })
    else resolve({ kind: 'failed', reason: `The process of a query ended with ${code ?? signal}.` })
  })
  return { ends: promise, cancel: () => end('failed', cancelled) }
}

/** What the process found damaged is told in this one. */
function told(answer: JobAnswer): JobAnswer {
  if (answer.kind === 'done') for (const damage of answer.damaged ?? []) tellDamage(damage)
  return answer
}
