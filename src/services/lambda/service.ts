import { service, type Service } from '#core/service.ts'
import type { LambdaParts } from './declare.ts'
import * as functions from './functions.ts'
import * as invoke from './invoke.ts'
import * as versions from './versions.ts'

/** Lambda: functions, which run in processes of their own. */
export function createLambdaService(parts: LambdaParts): Service {
  return service({ model: 'lambda', files: [functions, invoke, versions], parts })
}
