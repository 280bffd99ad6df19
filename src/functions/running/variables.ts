import type { FunctionSpec, RoleCredentials } from '../function-spec.ts'

interface Given {
  readonly spec: FunctionSpec
  readonly credentials: RoleCredentials
  readonly variables: Readonly<Record<string, string>>
  readonly logStream: string
  readonly task: string
  readonly opt: string
  readonly tmp: string
  readonly runtimeFolder: string
  /** `127.0.0.1:40123/secret`. */
  readonly runtimeApi: string
  /** Where Redoubt's own API listens; absent where it does not. */
  readonly endpointUrl: string | undefined
  /** Nothing but Node's own permissions keeps it from Redoubt's files. */
  readonly isConfinedByNode: boolean
}

/** Source: Lambda Developer Guide, "Using Lambda environment variables", "Defined runtime environment variables". */
export const reservedVariables: ReadonlySet<string> = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
])

/**
 * All variables of a function's process: those of its runtime stand in the way of its own. Where Node's permissions confine it, it is told its
 * own by its bootstrap: what Node and the system's loader heed as a process begins (NODE_OPTIONS, LD_PRELOAD, libraries beside its code) would undo them.
 */
export function environmentOf(given: Given): Readonly<Record<string, string>> {
  const { spec, credentials, task, opt, tmp, runtimeFolder, isConfinedByNode } = given
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: `/usr/local/bin:/usr/bin/:/bin:${opt}/bin`,
    ...(!isConfinedByNode && { LD_LIBRARY_PATH: `${task}:${task}/lib:${opt}/lib` }),
    HOME: tmp,
    TMPDIR: tmp,
    NODE_PATH: `${opt}/nodejs/node24/node_modules:${opt}/nodejs/node_modules:${task}`,
    PYTHONPATH: `${opt}/python:${opt}/python/lib/${spec.runtime}/site-packages`,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    ...(given.endpointUrl !== undefined && { AWS_ENDPOINT_URL: given.endpointUrl }),
    ...(isConfinedByNode ? { REDOUBT_FUNCTION_VARIABLES: JSON.stringify(given.variables) } : given.variables),
    _HANDLER: spec.handler,
    AWS_REGION: spec.region,
    AWS_DEFAULT_REGION: spec.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMiB),
    AWS_LAMBDA_FUNCTION_VERSION: spec.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: given.logStream,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_LAMBDA_RUNTIME_API: given.runtimeApi,
    LAMBDA_TASK_ROOT: task,
    LAMBDA_RUNTIME_DIR: runtimeFolder,
  }
}
