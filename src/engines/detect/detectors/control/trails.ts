import { accountOf } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'

/** The name of the trail that a call is about: some calls give it, some its ARN. */
export function trailNameOf({ requestParameters }: CloudTrailRecord): string {
  const name = text(requestParameters, 'name') ?? text(requestParameters, 'trailName') ?? ''
  return name.slice(name.lastIndexOf('/') + 1)
}

export function trailEntity(record: CloudTrailRecord): string {
  return `${accountOf(record)} ${trailNameOf(record)}`
}
