import type { Verdict } from '#engines/policy/index.ts'
import type { Caller } from '../caller.ts'
import type { Access } from '../operation.ts'

/** A refused access with the verdict that refused it. */
export interface Denial {
  readonly access: Access
  readonly verdict: Verdict
  readonly message: string
}

type DenialReason = Extract<Verdict, { readonly decision: 'Deny' }>['because']

/**
 * How AWS names each kind of policy in a denial.
 * Source: IAM User Guide, "Troubleshoot access denied error messages".
 */
const policyKinds = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  trust: 'role trust policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
} as const satisfies Record<DenialReason['layer'], string>

/** AWS's sentence for a denial: who, what, on what, and which kind of policy decided. */
export function denialMessage(caller: Caller, access: Access, because: DenialReason): string {
  const who =
    'arn' in caller ? `User: ${caller.arn}` : caller.kind === 'service' ? caller.service : 'User: anonymous'
  const where = access.resource === '*' ? '*' : (access.resource.deniedAs ?? access.resource.arn)
  const kind = policyKinds[because.layer]
  const why =
    because.kind === 'explicit'
      ? `with an explicit deny in ${article(kind)} ${kind}`
      : `because no ${kind} allows the ${access.action} action`
  return `${who} is not authorized to perform: ${access.action} on resource: ${where} ${why}`
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a'
}
