import { bounds } from './quotas.ts'

/** Running functions: their code, their processes, what keeps them apart. */
export { BadArchive, measureArchive } from './code/archive.ts'
export { codeDigest, type CodeStore, openCodeStore } from './code/code-store.ts'
export type { ConnectionSink } from './connections/index.ts'
export type {
  FunctionSpec,
  Invocation,
  LogLine,
  LogSink,
  LogTarget,
  Outcome,
  Provided,
  ResponseStream,
  StoredVariables,
  StreamedOutcome,
  StreamEnd,
  StreamPart,
} from './function-spec.ts'
export {
  createFunctionHost,
  type FunctionHost,
  type HostParts,
  noFunctions,
  type RunningFunctionHost,
} from './host.ts'
export const accountConcurrency: number = bounds.environments
export { type Platform, surveyPlatform } from './isolation/confinement.ts'
export { quotas } from './quotas.ts'
export { reservedVariables } from './running/variables.ts'
export { isRuntimeName, type RuntimeName, runtimeNames } from './runtimes/runtimes.ts'
