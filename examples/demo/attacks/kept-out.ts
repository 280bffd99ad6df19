import type { Attack } from '../attack.ts'

/** Whether an address is refused what anybody may see. */
export function isKeptOut(address: string): Attack['isStopped'] {
  return async ({ visitor }) => (await visitor(address).get('/')).status === 403
}
