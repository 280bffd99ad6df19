import { givesEverything } from '../../reading/policy.ts'
import { items, text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Persistence:IAMUser/FederationTokenTaken'

/**
 * A session that lives on when the user's key is deactivated, with all that the user may do.
 * Source: STS API Reference, GetFederationToken; IAM User Guide, "Disabling permissions for temporary security credentials".
 */
export const federationTokens = callDetector({
  name: 'federation-tokens',
  events: ['sts:GetFederationToken'],
  finds: {
    [type]: {
      severity: 6,
      title: '{userName} took a federation token that may do everything.',
      description:
        '{userName} called GetFederationToken with a policy that gives everything, for the session {session}. It outlives the access key.',
      remediation: undo(
        'Deny the user everything: the token may do no more than the user.',
        'aws iam attach-user-policy --user-name {iamUser} --policy-arn arn:aws:iam::aws:policy/AWSDenyAll',
      ),
    },
  },
  see(record) {
    if (!isBroad(record)) return undefined
    return { type, values: { session: text(record.requestParameters, 'name') ?? '' } }
  },
})

function isBroad({ requestParameters }: CloudTrailRecord): boolean {
  return (
    givesEverything(value(requestParameters, 'policy')) ||
    items(requestParameters, 'policyArns').some((one) =>
      /:policy\/(?:AdministratorAccess|IAMFullAccess|PowerUserAccess)$/.test(text(one, 'arn') ?? ''),
    )
  )
}
