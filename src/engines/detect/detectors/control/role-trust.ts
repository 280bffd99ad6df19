import { statementsOf, strangersIn } from '../../reading/policy.ts'
import { text, value } from '../../reading/values.ts'
import { callDetector, isByService } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const foreign = 'Persistence:IAMUser/RoleTrustsForeignAccount'
const everyone = 'Persistence:IAMUser/RoleTrustsEveryone'

/** A vendor's role is meant for a foreign account, and an external id shows that somebody thought of whom. */
const withExternalId = 3

const back = undo(
  'Trust nobody until it is clear who should be trusted.',
  `aws iam update-assume-role-policy --role-name {role} --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'`,
)

/** A role that strangers can assume is a door that stays open. Source: IAM User Guide, "Access to AWS accounts owned by third parties". */
export const roleTrust = callDetector({
  name: 'role-trust',
  events: ['iam:CreateRole', 'iam:UpdateAssumeRolePolicy'],
  finds: {
    [foreign]: {
      severity: 6,
      title: 'The role {role} trusts a foreign account.',
      description: '{userName} called {api}: the account {foreignAccount} may assume the role {role}.',
      remediation: back,
    },
    [everyone]: {
      severity: 8,
      title: 'The role {role} trusts everyone.',
      description: '{userName} called {api}: whoever has an account may assume the role {role}.',
      remediation: back,
    },
  },
  see(record, isOwn) {
    if (isByService(record)) return undefined
    const { requestParameters } = record
    const document =
      value(requestParameters, 'assumeRolePolicyDocument') ?? value(requestParameters, 'policyDocument')
    const strangers = strangersIn(document, isOwn)
    const role = text(requestParameters, 'roleName') ?? ''
    if (strangers.everyone) return { type: everyone, about: role, values: { role } }
    const [foreignAccount] = strangers.accounts
    if (foreignAccount === undefined) return undefined
    const severity = hasExternalId(document) ? withExternalId : undefined
    return { type: foreign, severity, about: role, values: { role, foreignAccount } }
  },
})

function hasExternalId(document: unknown): boolean {
  return statementsOf(document)
    .filter(({ effect }) => effect === 'Allow')
    .every(({ conditions }) =>
      conditions.some(
        ({ operator, key }) => key === 'sts:externalid' && /^String(?:Equals|Like)$/.test(operator),
      ),
    )
}
