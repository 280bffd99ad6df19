import { InvalidArgumentError } from 'commander'

/** What an option of a command means that takes one. Faults: InvalidArgumentError. */
export function wholeNumber(text: string, min: number, max: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < min || number > max)
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is wanted.`)
  return number
}
