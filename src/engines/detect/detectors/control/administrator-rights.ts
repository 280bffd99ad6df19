import { detector } from '../../detector.ts'
import { accountOf, apiCallSignal } from '../../findings/api-call.ts'
import { givesEverything } from '../../reading/policy.ts'
import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import type { RemediationStep } from '../../signal.ts'
import { isByService, isDone } from '../call-detector.ts'
import { stopCredentials } from '../remedies.ts'

const type = 'PrivilegeEscalation:IAMUser/AdministratorRightsGranted'

/** AWS's own policies that make an administrator: everything, or all of IAM. Source: AWS Managed Policy Reference Guide. */
const managed: ReadonlySet<string> = new Set(['AdministratorAccess', 'IAMFullAccess'])

const kinds = ['user', 'role', 'group'] as const

/** One step a kind of identity: only the one whose name is known has a command. */
const takeBack: readonly RemediationStep[] = kinds.flatMap((kind) => [
  {
    text: `If it was an attached policy of a ${kind}, detach it.`,
    command: `aws iam detach-${kind}-policy --${kind}-name {${kind}} --policy-arn {policyArn}`,
  },
  {
    text: `If it was an inline policy of a ${kind}, delete it.`,
    command: `aws iam delete-${kind}-policy --${kind}-name {${kind}} --policy-name {policyName}`,
  },
])

/**
 * An identity becomes an administrator: by a policy of AWS, a policy made here, or an inline one.
 * State: which policies made here give everything. Source: IAM User Guide, "Policies and permissions".
 */
export const administratorRights = detector({
  name: 'administrator-rights',
  source: 'cloudTrail',
  events: [
    ...['iam:AttachUserPolicy', 'iam:AttachRolePolicy', 'iam:AttachGroupPolicy'],
    ...['iam:CreatePolicy', 'iam:CreatePolicyVersion'],
    ...['iam:PutUserPolicy', 'iam:PutRolePolicy', 'iam:PutGroupPolicy'],
  ],
  finds: {
    [type]: {
      severity: 6,
      title: '{target} was given administrator rights by {userName}.',
      description: '{userName} called {api}: {target} may now do everything in the account {accountId}.',
      remediation: [...takeBack, ...stopCredentials],
    },
  },
  remembers: { entityOf: policyEntity, fresh: () => ({ isOfAdministrator: false }) },
  see(record, { memory }) {
    if (!isDone(record) || isByService(record)) return undefined
    const { requestParameters } = record
    const document = value(requestParameters, 'policyDocument')
    if (record.eventName.startsWith('Create')) {
      if (isInForce(record)) memory.isOfAdministrator = givesEverything(document)
      return undefined
    }
    const arn = text(requestParameters, 'policyArn')
    const gives = arn === undefined ? givesEverything(document) : isOfAws(arn) || memory.isOfAdministrator
    return gives ? apiCallSignal(record, { type, ...targetOf(record) }) : undefined
  },
})

/** A version that is not the default gives nothing yet. */
function isInForce({ eventName, requestParameters }: CloudTrailRecord): boolean {
  return eventName === 'CreatePolicy' || value(requestParameters, 'setAsDefault') === true
}

/** Inline policies are looked at as they come: nothing is remembered of them. */
function policyEntity(record: CloudTrailRecord): string {
  const { requestParameters, responseElements } = record
  return text(requestParameters, 'policyArn') ?? text(responseElements, 'policy', 'arn') ?? accountOf(record)
}

function isOfAws(arn: string): boolean {
  return /^arn:[^:]+:iam::aws:/.test(arn) && managed.has(arn.slice(arn.lastIndexOf('/') + 1))
}

function targetOf({ requestParameters }: CloudTrailRecord) {
  const names = { ...present('user', text(requestParameters, 'userName')) }
  Object.assign(names, present('role', text(requestParameters, 'roleName')))
  Object.assign(names, present('group', text(requestParameters, 'groupName')))
  const [target = ''] = Object.values(names)
  const values = {
    ...names,
    target,
    ...present('policyArn', text(requestParameters, 'policyArn')),
    ...present('policyName', text(requestParameters, 'policyName')),
  }
  return { about: target, values }
}

function present(name: string, given: string | undefined): Readonly<Record<string, string>> {
  return given === undefined ? {} : { [name]: given }
}
