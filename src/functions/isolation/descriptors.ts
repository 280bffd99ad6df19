import { readdirSync, readFileSync } from 'node:fs'

/** Of a descriptor that a program that is started does not get. Source: Linux, `O_CLOEXEC`. */
const closedOnStart = 0o2_000_000
/** Those that a function is given anyway. */
const givenMax = 3

/**
 * What stands at each descriptor beyond those that a function is given: `nothing`, an open `/dev/null`, where this process would pass on one
 * of its own. Node opens all of its own so that it does not; whoever started it may have left others open.
 */
export function coveredDescriptors(nothing: number): readonly (number | 'ignore')[] {
  const passedOn = openDescriptors().filter((descriptor) => descriptor > givenMax && isPassedOn(descriptor))
  const length = Math.max(givenMax, ...passedOn) - givenMax
  return Array.from({ length }, (_, at) => (passedOn.includes(at + givenMax + 1) ? nothing : 'ignore'))
}

function openDescriptors(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    return [] // No /proc.
  }
}

function isPassedOn(descriptor: number): boolean {
  try {
    const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & closedOnStart) === 0
  } catch {
    return false // It was closed meanwhile.
  }
}
