import { burstDetector, noItems } from '../burst-detector.ts'
import { callDetector, isDone } from '../call-detector.ts'
import { text } from '../../reading/values.ts'
import { undo } from '../remedies.ts'

const serial = 'UnauthorizedAccess:EC2/SerialConsoleUsed'

const withdrawSerial = undo(
  'Keep serial consoles off for the whole account.',
  'aws ec2 disable-serial-console-access --region {region}',
)

/** The serial console stands beside network and login: it is for machines that nothing else reaches. Source: EC2 User Guide, "EC2 Serial Console". */
export const serialConsole = callDetector({
  name: 'serial-console',
  events: ['ec2-instance-connect:SendSerialConsoleSSHPublicKey', 'ec2:EnableSerialConsoleAccess'],
  finds: {
    [serial]: {
      severity: 5,
      title: 'The serial console was used or enabled.',
      description: '{userName} called {api} in {region}: {instance}.',
      remediation: withdrawSerial,
    },
  },
  see({ requestParameters, awsRegion }) {
    const instance = text(requestParameters, 'instanceId') ?? awsRegion
    return { type: serial, about: instance, values: { instance } }
  },
})

/** An administrator works on one or two machines at a time; whoever moves through a network takes one after another. */
const instancesMany = 3

/** Keys are pushed to one instance after another. Source: EC2 Instance Connect API Reference, SendSSHPublicKey. */
export const instanceConnect = burstDetector({
  name: 'instance-connect',
  events: ['ec2-instance-connect:SendSSHPublicKey'],
  type: 'UnauthorizedAccess:EC2/InstanceConnectToMany',
  facts: {
    severity: 6,
    title: 'SSH keys are pushed to many instances.',
    description: '{userName} pushed SSH keys to {count} and more instances within ten minutes.',
    remediation: undo(
      'End connections to the instances, and see who is on them; the keys themselves live a minute.',
    ),
  },
  ...{ many: instancesMany, windowMs: 600_000 },
  itemsOf(record) {
    const id = text(record.requestParameters, 'instanceId')
    return isDone(record) && id !== undefined ? [id] : noItems
  },
})
