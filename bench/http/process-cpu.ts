import { readFileSync } from 'node:fs'

/** A process's CPU time so far, in user and system mode. Units: microseconds, in steps of a clock tick (10 ms). */
export function cpuMicrosOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
  const [utime, stime] = [Number(fields[11]), Number(fields[12])] // Fields 14 and 15 of proc(5).
  return (utime + stime) * 10_000
}
