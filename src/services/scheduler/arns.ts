import { type AccountId, type Arn, arn, parseArn } from '#core/arn.ts'

/** Where things of Scheduler are. */
export interface Place {
  readonly partition: string
  readonly region: string
  readonly account: AccountId
}

export const defaultGroup = 'default'

/** Source: AWS service reference, scheduler. */
export function groupArn({ partition, region, account }: Place, group: string): Arn {
  return arn({ partition, region, account, service: 'scheduler', resource: `schedule-group/${group}` })
}

export function scheduleArn({ partition, region, account }: Place, group: string, name: string): Arn {
  return arn({ partition, region, account, service: 'scheduler', resource: `schedule/${group}/${name}` })
}

/** The name of the caller's own group that an ARN names; undefined for any other ARN. */
export function readGroupArn(here: Place, text: string): string | undefined {
  const name = parseArn(text)?.resource.slice('schedule-group/'.length)
  return name !== undefined && groupArn(here, name) === text ? name : undefined
}
