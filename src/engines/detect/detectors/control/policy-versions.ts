import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { givesEverything } from '../../reading/policy.ts'
import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const widened = 'PrivilegeEscalation:IAMUser/PolicyVersionWidened'
const restored = 'PrivilegeEscalation:IAMUser/PolicyVersionChanged'

/** What is known of a policy's versions, of which IAM keeps five. */
interface Versions {
  default: string | undefined
  /** Of those that were seen: whether it gives everything. */
  known: [version: string, everything: boolean][]
}
const versionsMax = 5

const back = undo(
  'See the versions, and make the right one the default again.',
  'aws iam list-policy-versions --policy-arn {policyArn}',
)

/**
 * Whoever has a policy becomes an administrator by a new version of it, or by an old one that was wider.
 * State: which versions were seen, and which of them give everything. Source: IAM User Guide, "Versioning IAM policies".
 */
export const policyVersions = detector({
  name: 'policy-versions',
  source: 'cloudTrail',
  events: ['iam:CreatePolicy', 'iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'],
  finds: {
    [widened]: {
      severity: 7,
      title: 'The policy {policyArn} now gives administrator rights.',
      description: '{userName} called {api}: whoever has the policy {policyArn} may now do everything.',
      remediation: [
        {
          text: 'Make the former version the default again.',
          command: 'aws iam set-default-policy-version --policy-arn {policyArn} --version-id {formerVersion}',
        },
        ...back,
      ],
    },
    [restored]: {
      severity: 4,
      title: 'Another version of the policy {policyArn} is in force.',
      description: '{userName} made {version} the default of {policyArn}: what it gives is not known.',
      remediation: back,
    },
  },
  remembers: { entityOf: policyArnOf, fresh: (): Versions => ({ default: undefined, known: [] }) },
  see(record, { memory }) {
    if (!isDone(record)) return undefined
    const policyArn = policyArnOf(record) ?? ''
    const version = versionOf(record)
    const formerVersion = memory.default
    note(memory, record, version)
    if (record.eventName === 'CreatePolicy' || memory.default !== version) return undefined
    const everything = memory.known.find(([one]) => one === version)?.[1]
    if (everything === false) return undefined
    const type = everything ? widened : restored
    const values = { policyArn, version, ...(formerVersion !== undefined && { formerVersion }) }
    return apiCallSignal(record, { type, about: policyArn, values })
  },
})

function policyArnOf({ requestParameters, responseElements }: CloudTrailRecord): string | undefined {
  return text(requestParameters, 'policyArn') ?? text(responseElements, 'policy', 'arn')
}

function versionOf({ eventName, requestParameters, responseElements }: CloudTrailRecord): string {
  if (eventName === 'CreatePolicy') return 'v1'
  const said = text(requestParameters, 'versionId') ?? text(responseElements, 'policyVersion', 'versionId')
  return said ?? ''
}

function note(memory: Versions, { eventName, requestParameters }: CloudTrailRecord, version: string): void {
  if (eventName !== 'SetDefaultPolicyVersion') {
    memory.known = memory.known.filter(([one]) => one !== version).slice(1 - versionsMax)
    memory.known.push([version, givesEverything(value(requestParameters, 'policyDocument'))])
  }
  if (eventName !== 'CreatePolicyVersion' || value(requestParameters, 'setAsDefault') === true)
    memory.default = version
}
