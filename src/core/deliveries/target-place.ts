import { type AccountId, accountId, parseArn } from '../arn.ts'

/** What a target's ARN names, as far as anything is delivered there. */
export type TargetPlace = {
  readonly partition: string
  readonly region: string
  readonly account: AccountId
  readonly name: string
  readonly kind: 'function' | 'queue' | 'topic' | 'log-group' | 'bus' | 'api-destination'
}

const kinds: readonly (readonly [service: string, kind: TargetPlace['kind'], resource: RegExp])[] = [
  ['lambda', 'function', /^function:([\w-]+(?::[\w$-]+)?)$/],
  ['sqs', 'queue', /^([\w-]+(?:\.fifo)?)$/],
  ['sns', 'topic', /^([\w-]+(?:\.fifo)?)$/],
  ['logs', 'log-group', /^log-group:([\w./#-]+)(?::\*)?$/],
  ['events', 'bus', /^event-bus\/(.+)$/],
  ['events', 'api-destination', /^api-destination\/([\w.-]+\/[\w-]+)$/],
]

/** Reads a target's ARN; undefined for what nothing is delivered to. */
export function targetPlace(arn: string): TargetPlace | undefined {
  const parts = parseArn(arn)
  const account = accountId(parts?.account ?? '')
  if (!parts || !account) return undefined
  for (const [service, kind, resource] of kinds) {
    const name = parts.service === service ? resource.exec(parts.resource)?.[1] : undefined
    if (name !== undefined) return { partition: parts.partition, region: parts.region, account, name, kind }
  }
  return undefined
}
