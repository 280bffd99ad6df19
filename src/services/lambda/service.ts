import { service, type Service } from '#core/service.ts'
import * as aliases from './aliases.ts'
import * as codeSigning from './code-signing.ts'
import * as concurrency from './concurrency.ts'
import type { LambdaParts } from './declare.ts'
import * as eventInvokeConfigs from './event-invoke-configs.ts'
import * as functions from './functions.ts'
import * as layers from './layers.ts'
import * as mappings from './mappings.ts'
import * as invoke from './invoke.ts'
import * as permissions from './permissions.ts'
import * as layerPermissions from './layer-permissions.ts'
import * as stream from './invoke-stream.ts'
import * as tags from './tags.ts'
import * as urls from './urls.ts'
import * as versions from './versions.ts'

/** Lambda: functions, which run in processes of their own. */
export function createLambdaService(parts: LambdaParts): Service {
  return service({
    model: 'lambda',
    files: [
      aliases,
      codeSigning,
      concurrency,
      eventInvokeConfigs,
      functions,
      invoke,
      layerPermissions,
      layers,
      mappings,
      permissions,
      stream,
      tags,
      urls,
      versions,
    ],
    parts,
  })
}
