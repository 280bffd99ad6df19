import { InvalidArgumentError } from 'commander'

/** What an option or argument of a command means that names an account. Faults: InvalidArgumentError. */
export function accountId(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError('An account id has twelve digits.')
  return text
}
