import type { Call } from '#core/call.ts'
import { operationsOf } from '#core/operation.ts'
import type { AssumableRoles } from '#core/roles.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/lambda.d.ts'
import type { CodeStore, FunctionHost } from '#functions/index.ts'
import {
  aliases,
  asyncEvents,
  eventInvokeConfigs,
  functions,
  layerPolicies,
  layers,
  layerVersions,
  mappings,
  policies,
  urls,
  versions,
} from './documents.ts'

/** What the operations of Lambda need beside their call. */
export interface LambdaParts {
  readonly host: FunctionHost
  readonly code: CodeStore
  readonly roles: AssumableRoles
  /** Asked whether Lambda may assume a role. */
  readonly callAsService: CallAsService
  /** Where the world reaches us, if the operator says: `https://cloud.example.com`. */
  readonly publicUrl?: string | undefined
}

export const tables = {
  functions,
  versions,
  aliases,
  policies,
  eventInvokeConfigs,
  asyncEvents,
  mappings,
  layerPolicies,
  layers,
  layerVersions,
  urls,
}

/** Declares an operation of Lambda. */
export const lambda = operationsOf<Operations, LambdaParts>()('lambda', tables, 'regional')

/** A call to Lambda. */
export type LambdaCall = Call & TablesOf<typeof tables> & { readonly parts: LambdaParts }

/** Under which name Lambda assumes roles and is let in by policies. */
export const principal = 'lambda.amazonaws.com'
