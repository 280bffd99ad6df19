import { burstDetector, noItems } from '../burst-detector.ts'
import { callDetector } from '../call-detector.ts'
import { instanceResource } from '../../findings/resources.ts'
import { text, value } from '../../reading/values.ts'
import { undo } from '../remedies.ts'

const changed = 'Execution:EC2/UserDataChanged'

/** The next start runs what a stranger wrote, as root. Source: EC2 API Reference, ModifyInstanceAttribute; User Guide, "Run commands at launch". */
export const userDataChange = callDetector({
  name: 'user-data-change',
  events: ['ec2:ModifyInstanceAttribute'],
  finds: {
    [changed]: {
      severity: 6,
      title: 'The user data of the instance {instance} were changed.',
      description: '{userName} changed what the instance {instance} runs when it starts.',
      remediation: [
        {
          text: 'Stop the instance before it runs them.',
          command: 'aws ec2 stop-instances --instance-ids {instance} --region {region}',
        },
        ...undo(
          'See what they are now.',
          'aws ec2 describe-instance-attribute --instance-id {instance} --attribute userData --region {region}',
        ),
      ],
    },
  },
  see(record) {
    const { requestParameters } = record
    if (
      value(requestParameters, 'userData') === undefined &&
      text(requestParameters, 'attribute') !== 'userData'
    )
      return undefined
    const instance = text(requestParameters, 'instanceId') ?? ''
    const resource = instanceResource(record, instance)
    return { type: changed, about: instance, values: { instance }, resource }
  },
})

/** Somebody who mends an instance reads one or two; what is looked for is looked for in all. */
const instancesMany = 8

/** User data of one instance after another are read: they often hold passwords. Attempts count too. */
export const userDataRead = burstDetector({
  name: 'user-data-read',
  events: ['ec2:DescribeInstanceAttribute'],
  type: 'Discovery:EC2/UserDataReadInBulk',
  facts: {
    severity: 5,
    title: 'User data of instances are read in bulk.',
    description: '{userName} asked for the user data of {count} and more instances within ten minutes.',
    remediation: undo('Change whatever passwords and keys stand in user data; keep them as secrets.'),
  },
  ...{ many: instancesMany, windowMs: 600_000 },
  itemsOf({ requestParameters }) {
    const id = text(requestParameters, 'instanceId')
    return id !== undefined && text(requestParameters, 'attribute') === 'userData' ? [id] : noItems
  },
})
