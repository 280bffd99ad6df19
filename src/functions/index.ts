import { bounds } from './quotas.ts'

/** Running functions: their code, their processes, what keeps them apart. */
export { DamagedCode } from './code/code-store.ts'
export { BadArchive, measureArchive } from './code/archive.ts'
export { codeDigest, type CodeStore, openCodeStore } from './code/code-store.ts'
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
export { createFunctionHost, type FunctionHost, noFunctions } from './host.ts'
/** How many invocations an account can have under way at a time, as its limits say. */
export const accountConcurrency: number = bounds.environments
export { surveyPlatform } from './isolation/confinement.ts'
export { findWorkplace } from './isolation/workplace.ts'
export { quotas } from './quotas.ts'
export { reservedVariables } from './running/variables.ts'
export { isRuntimeName, type RuntimeName } from './runtimes/runtimes.ts'
