import { eventNameOf, serviceOf } from '../../events.ts'
import { fingerprint } from '../../memory/fingerprint.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { type Tactic, tactics } from './tactics.ts'

/** A call that serves an attacker, and as what it is remembered. */
export interface SensitiveApi {
  readonly tactic: Tactic
  /** As findings name it: `iam.amazonaws.com:CreateUser`. */
  readonly name: string
  readonly id: number
}

const apiSalt = 1
const byService = new Map<string, Map<string, SensitiveApi>>()
for (const [tactic, services] of Object.entries(tactics) as [Tactic, Readonly<Record<string, string>>][])
  // The table's own keys.
  for (const [service, names] of Object.entries(services))
    for (const name of names.split(' ')) {
      const apis = byService.get(service) ?? new Map<string, SensitiveApi>()
      byService.set(service, apis)
      const id = fingerprint(`${service}:${name}`, apiSalt)
      apis.set(name, { tactic, name: `${service}.amazonaws.com:${name}`, id })
    }

/** As what a call may serve an attacker; undefined for a call that serves none. */
export function sensitiveApiOf(record: CloudTrailRecord): SensitiveApi | undefined {
  return byService.get(serviceOf(record))?.get(eventNameOf(record))
}
