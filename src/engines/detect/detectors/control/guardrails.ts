import { text } from '../../reading/values.ts'
import { callDetector, isByService } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const guardrail = 'DefenseEvasion:IAMUser/GuardrailRemoved'
const boundary = 'PrivilegeEscalation:IAMUser/PermissionsBoundaryRemoved'

/** A policy of the organization no longer holds. Source: Organizations API Reference, DetachPolicy, DisablePolicyType. */
export const guardrails = callDetector({
  name: 'guardrails',
  events: ['organizations:DetachPolicy', 'organizations:DisablePolicyType'],
  finds: {
    [guardrail]: {
      severity: 6,
      title: 'A guardrail of the organization was removed.',
      description: '{userName} called {api} for {target}: {policy} holds there no more.',
      remediation: undo(
        'Attach the policy again.',
        'aws organizations attach-policy --policy-id {policy} --target-id {target}',
      ),
    },
  },
  see(record) {
    const { requestParameters } = record
    const kind = text(requestParameters, 'policyType')
    if (isByService(record) || (kind !== undefined && !/^(?:SERVICE|RESOURCE)_CONTROL_POLICY$/.test(kind)))
      return undefined // Policies on tags and backups guard nothing.
    const target = text(requestParameters, 'targetId') ?? text(requestParameters, 'rootId') ?? ''
    const policy = text(requestParameters, 'policyId') ?? kind ?? ''
    return { type: guardrail, about: `${target} ${policy}`, values: { target, policy } }
  },
})

/** A ceiling is taken away: whatever was given to the identity now holds. Source: IAM User Guide, "Permissions boundaries for IAM entities". */
export const permissionsBoundaries = callDetector({
  name: 'permissions-boundaries',
  events: ['iam:DeleteUserPermissionsBoundary', 'iam:DeleteRolePermissionsBoundary'],
  finds: {
    [boundary]: {
      severity: 6,
      title: 'The permissions boundary of {target} was removed.',
      description: '{userName} called {api}: nothing limits what policies give to {target}.',
      remediation: [
        {
          text: 'Put the boundary of the user back; this one lets it read only.',
          command:
            'aws iam put-user-permissions-boundary --user-name {user} --permissions-boundary arn:aws:iam::aws:policy/ReadOnlyAccess',
        },
        ...undo(
          'Put the boundary of the role back; this one lets it read only.',
          'aws iam put-role-permissions-boundary --role-name {role} --permissions-boundary arn:aws:iam::aws:policy/ReadOnlyAccess',
        ),
      ],
    },
  },
  see(record) {
    if (isByService(record)) return undefined
    const user = text(record.requestParameters, 'userName')
    const role = text(record.requestParameters, 'roleName')
    const target = user ?? role ?? ''
    return { type: boundary, about: target, values: { target, ...(user && { user }), ...(role && { role }) } }
  },
})
