import { burstDetector, noItems } from '../burst-detector.ts'
import { callDetector, isFromConsole } from '../call-detector.ts'
import { instanceResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { undo } from '../remedies.ts'

const single = 'CredentialAccess:EC2/PasswordDataRead'

/** The first administrator password of a Windows instance is read. Source: EC2 API Reference, GetPasswordData. */
export const instancePassword = callDetector({
  name: 'instance-password',
  events: ['ec2:GetPasswordData'],
  finds: {
    [single]: {
      severity: 4,
      title: 'The administrator password of the instance {instance} was read.',
      description: '{userName} read the encrypted administrator password of {instance}, outside the console.',
      remediation: undo('Change the administrator password of the instance {instance}.'),
    },
  },
  see(record) {
    if (isFromConsole(record)) return undefined // Somebody clicked "Get Windows password".
    const instance = instanceOf(record)
    const resource = instanceResource(record, instance)
    return { type: single, about: instance, values: { instance }, resource }
  },
})

/** Nobody sets up three Windows machines within ten minutes by hand; tools try them all. */
const instancesMany = 3

/** Passwords of one instance after another are asked for, whether they are given or not. */
export const instancePasswords = burstDetector({
  name: 'instance-passwords',
  events: ['ec2:GetPasswordData'],
  type: 'CredentialAccess:EC2/PasswordDataReadInBulk',
  facts: {
    severity: 7,
    title: 'Administrator passwords of instances are read in bulk.',
    description:
      '{userName} asked for the administrator passwords of {count} and more instances within ten minutes.',
    remediation: undo('Change the administrator passwords of those instances whose password was given.'),
  },
  ...{ many: instancesMany, windowMs: 600_000 },
  itemsOf: (record) => (isFromConsole(record) ? noItems : [instanceOf(record)]),
})

function instanceOf({ requestParameters }: CloudTrailRecord): string {
  return text(requestParameters, 'instanceId') ?? ''
}
