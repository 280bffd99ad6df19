import { type Arn, arn, parseArn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'

type Kind = 'loadbalancer' | 'listener' | 'listener-rule' | 'targetgroup'
type Where = Pick<Call, 'partition' | 'region' | 'account'>

/** An ARN of ELBv2. Source: AWS service reference, elasticloadbalancing. */
export function elbArn({ partition, region, account }: Where, kind: Kind, path: string): Arn {
  return arn({ partition, region, account, service: 'elasticloadbalancing', resource: `${kind}/${path}` })
}

const forms: Readonly<Record<Kind, RegExp>> = {
  loadbalancer: /^loadbalancer\/(app\/[a-zA-Z0-9-]+\/[0-9a-f]{16})$/,
  listener: /^listener\/(app\/[a-zA-Z0-9-]+\/[0-9a-f]{16}\/[0-9a-f]{16})$/,
  'listener-rule': /^listener-rule\/(app\/[a-zA-Z0-9-]+\/[0-9a-f]{16}\/[0-9a-f]{16}\/[0-9a-f]{16})$/,
  targetgroup: /^targetgroup\/([a-zA-Z0-9-]+\/[0-9a-f]{16})$/,
}

/** What stands behind the kind in an ARN of the call's own account and region; that is also the document's id. */
export function idOf({ partition, region, account }: Where, kind: Kind, text: string): string | undefined {
  const parts = parseArn(text)
  if (parts?.service !== 'elasticloadbalancing' || parts.partition !== partition) return undefined
  if (parts.region !== region || parts.account !== account) return undefined
  return forms[kind].exec(parts.resource)?.[1]
}

/** Whether a text is an ARN of the kind, of whatever account. */
export function isArnOf(kind: Kind, text: string): boolean {
  const parts = parseArn(text)
  return parts?.service === 'elasticloadbalancing' && forms[kind].test(parts.resource)
}

/** Sixteen hexadecimal digits. */
export function newId({ randomBytes }: Pick<Call, 'randomBytes'>): string {
  return randomBytes(8).toString('hex')
}
