import type { RemediationStep } from '../signal.ts'

/** What to do with a machine that does what it should not. A step whose command does not fit the machine has none. */
export const isolateMachine: readonly RemediationStep[] = [
  {
    text: 'If {machine} is an instance: take it off the network, by a security group without rules.',
    command: 'aws ec2 describe-security-groups --filters Name=vpc-id,Values={vpcId}',
  },
  {
    text: 'Keep what it was doing before you stop it.',
    command: 'aws ec2 create-snapshots --instance-specification InstanceId={instanceId}',
  },
  { text: 'Stop it.', command: 'aws ec2 stop-instances --instance-ids {instanceId}' },
  {
    text: 'If {machine} is a function: let it run no more.',
    command:
      'aws lambda put-function-concurrency --function-name {functionName} --reserved-concurrent-executions 0 --region {region}',
  },
  { text: 'Revoke the sessions of its role, and replace the secrets that it could read.' },
]

/** What to do about somebody who calls from outside. */
export const shutOut: readonly RemediationStep[] = [
  {
    text: 'See which security groups admit {remoteIp} to port {port}, and narrow them.',
    command:
      'aws ec2 describe-network-interfaces --network-interface-ids {interfaceId} --query "NetworkInterfaces[].Groups"',
  },
  {
    text: 'Deny the address for the whole network in its access control lists.',
    command: 'aws ec2 describe-network-acls --filters Name=vpc-id,Values={vpcId}',
  },
]
