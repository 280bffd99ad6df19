import { readFileSync } from 'node:fs'

/**
 * The CPU time of a process and its children so far, in user and system mode. Units: microseconds, in steps of a clock tick (10 ms).
 * Undefined where the system does not tell.
 */
export function cpuMicrosOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  let micros = 0
  for (const one of family(pid)) {
    const fields = readFileSync(`/proc/${one}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
    const [utime, stime] = [Number(fields[11]), Number(fields[12])] // Fields 14 and 15 of proc(5).
    micros += (utime + stime) * 10_000
  }
  return micros
}

/** A process, its children, and theirs. */
function family(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean)
  return [pid, ...children.flatMap((child) => family(Number(child)))]
}
