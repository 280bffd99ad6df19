import { credentialTechniques } from './attacks/credentials.ts'
import { dataTechniques } from './attacks/data.ts'
import { discoveryTechniques } from './attacks/discovery.ts'
import { evasionTechniques } from './attacks/evasion.ts'
import { executionTechniques } from './attacks/execution.ts'
import { persistenceTechniques } from './attacks/persistence.ts'
import type { Technique } from './technique.ts'

/**
 * Publicly known techniques against AWS, by the names under which Stratus Red Team lists them: what each does was written here anew, as the
 * records that AWS's documentation says such calls leave.
 * Source: Stratus Red Team, "AWS" (the list of techniques); CloudTrail User Guide and the services' API References (the records).
 */
export const techniques: readonly Technique[] = [
  ...executionTechniques,
  ...persistenceTechniques,
  ...evasionTechniques,
  ...credentialTechniques,
  ...discoveryTechniques,
  ...dataTechniques,
]
