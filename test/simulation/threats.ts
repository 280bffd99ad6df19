import type { Technique } from './technique.ts'
import { callerThreats } from './threats/callers.ts'
import { chainThreats } from './threats/chains.ts'
import { connectionThreats } from './threats/connections.ts'
import { nameThreats } from './threats/names.ts'
import { requestThreats } from './threats/requests.ts'

/** Threats by the types of findings that GuardDuty has for them, beside the known techniques; and attacks of several stages. */
export const threats: readonly Technique[] = [
  ...callerThreats,
  ...connectionThreats,
  ...nameThreats,
  ...requestThreats,
  ...chainThreats,
]
