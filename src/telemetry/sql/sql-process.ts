import { setPriority } from 'node:os'
import { systemWorld } from '#core/world.ts'
import { doJob } from './do-job.ts'
import { memoryExceeded } from './limits.ts'
import type { Job } from './job.ts'

// A process that does one job with DuckDB and ends: `run-job.ts` begins it, writes the job to it and reads the answer. It has no
// environment, and no other file open than those that the job names.

/** More than the engine may take and Node needs. What grows beyond ends. Units: bytes. */
const residentMax = 1.75 * 1024 ** 3

// Calls come before queries; and what is written is for this user alone.
setPriority(10)
process.umask(0o077)

systemWorld().every(100, () => {
  if (process.memoryUsage.rss() > residentMax) process.exit(memoryExceeded)
})

const pieces: Buffer[] = []
for await (const piece of process.stdin) pieces.push(piece as Buffer) // Without an encoding it gives buffers.
const job = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Job // Written by run-job.ts.
const answer = JSON.stringify(await doJob(job))
process.stdout.write(answer, () => process.exit(0))
