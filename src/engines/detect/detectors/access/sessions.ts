import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'

/** The session's name: the last part of `…:assumed-role/role/session`. */
export function sessionOf({ userIdentity }: CloudTrailRecord): string | undefined {
  if (userIdentity?.type !== 'AssumedRole') return undefined
  const { arn } = userIdentity
  return arn === undefined ? undefined : arn.slice(arn.lastIndexOf('/') + 1)
}

/**
 * The instance that a session's credentials were made for: its session is called so, and newer records say how they were delivered.
 * Source: EC2 User Guide, "Retrieve security credentials from instance metadata"; CloudTrail User Guide, "CloudTrail userIdentity element",
 * ec2RoleDelivery.
 */
export function instanceOf(record: CloudTrailRecord): string | undefined {
  const session = sessionOf(record)
  if (session === undefined) return undefined
  if (record.userIdentity?.sessionContext?.ec2RoleDelivery !== undefined) return session
  return session.startsWith('i-') && /^i-[\da-f]{8,17}$/.test(session) ? session : undefined
}

/** Services that take a role for code that runs in them. Instances are looked at by their session's name. */
const hosts: ReadonlySet<string> = new Set([
  ...['lambda.amazonaws.com', 'ecs-tasks.amazonaws.com', 'codebuild.amazonaws.com'],
  ...['sagemaker.amazonaws.com', 'pods.eks.amazonaws.com', 'batch.amazonaws.com', 'glue.amazonaws.com'],
])

/** The session that a service takes a role for, as its calls will name it: `role session`. */
export function issuedTo(record: CloudTrailRecord): { session: string; host: string } | undefined {
  if (record.eventName !== 'AssumeRole' || record.userIdentity?.type !== 'AWSService') return undefined
  const host = record.userIdentity.invokedBy ?? ''
  const arn = text(record.responseElements, 'assumedRoleUser', 'arn')
  return hosts.has(host) && arn !== undefined ? { session: arn, host } : undefined
}

/** Code in a function says so. Source: AWS SDKs Reference Guide, user agent, `exec-env`. */
export function saysItIsFunction({ userAgent }: CloudTrailRecord): boolean {
  return userAgent !== undefined && userAgent.includes('exec-env/AWS_Lambda_')
}
