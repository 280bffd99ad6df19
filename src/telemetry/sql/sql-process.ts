import { setPriority } from 'node:os'
import { systemWorld } from '#core/world.ts'
import { doJob } from './do-job.ts'
import type { Job } from './job.ts'

// A process that does one job with DuckDB and ends: `run-job.ts` begins it, writes the job to it and reads the answer. It has no
// environment, and no other file open than those that the job names.

/** More than the engine may take and Node needs. What grows beyond ends. Units: bytes. */
const residentMax = 1.75 * 1024 ** 3

// Calls come before queries; and what is written is for this user alone.
setPriority(10)
process.umask(0o077)

/** How long it may take, in milliseconds, and the process that began it, which may have died before this line. */
const [timeMs, parent] = process.argv.slice(2).map(Number)
const world = systemWorld()
// A server that lives has ended it before.
world.after(timeMs ?? 0, end)
world.every(100, () => {
  // Nobody is left to end it in time, or to hear of it.
  if (process.ppid !== parent) end()
  if (process.memoryUsage.rss() > residentMax) end()
})

const pieces: Buffer[] = []
for await (const piece of process.stdin) pieces.push(piece as Buffer) // Without an encoding it gives buffers.
const job = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Job // Written by run-job.ts.
const answer = JSON.stringify(await doJob(job))
process.stdout.write(answer, () => process.exit(0))

/** At once: an ordinary exit waits for the engine's threads, which are what is to be ended. */
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}
