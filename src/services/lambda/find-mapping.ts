import { arn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { LambdaCall } from './declare.ts'
import type { MappingDocument } from './documents.ts'
import { faults } from './faults.ts'

export function mappingArn({ partition, region, account }: LambdaCall, uuid: string) {
  return arn({ partition, region, account, service: 'lambda', resource: `event-source-mapping:${uuid}` })
}

export function findMapping(call: LambdaCall, uuid: string): MappingDocument | Missing {
  return (
    call.mappings.get(uuid) ??
    new Missing(mappingArn(call, uuid), faults.notFound('The resource you requested does not exist.'))
  )
}
