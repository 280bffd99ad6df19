import type { RuntimeName } from './runtimes/runtimes.ts'

// What the host of functions is told and tells; plain data, which threads can send each other.

/** All that an environment is made from. Two with the same `key` are the same. */
export interface FunctionSpec {
  /** Names the function, its version and its configuration: an environment serves one key. */
  readonly key: string
  /** The function's ARN without a version: what concurrency is counted by. */
  readonly functionArn: string
  readonly functionName: string
  readonly version: string
  readonly region: string
  readonly runtime: RuntimeName
  readonly handler: string
  readonly timeoutSec: number
  readonly memoryMiB: number
  readonly storageMiB: number
  /** Digests of the archives that make up the code, and of the layers in their order. */
  readonly code: string
  readonly layers: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly logGroup: string
  /** How many may run at a time. */
  readonly reserved?: number | undefined
}

/** Credentials of the execution role. */
export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number
}

export interface Invocation {
  readonly requestId: string
  readonly payload: Uint8Array
  /** The ARN that was invoked, with its version or alias. */
  readonly invokedArn: string
  readonly traceHeader: string
  readonly clientContext?: string | undefined
}

/** What an invocation comes to. */
export type Outcome =
  | { readonly kind: 'success'; readonly payload: Uint8Array; readonly logTail: string }
  /** The function, or its process, failed; `payload` is AWS's JSON of the error. */
  | {
      readonly kind: 'function-error'
      readonly errorType: string
      readonly payload: Uint8Array
      readonly logTail: string
    }
  | {
      readonly kind: 'throttled'
      readonly reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded'
    }
  /** Its role cannot be assumed. */
  | { readonly kind: 'no-role'; readonly message: string }
  /** The machine could not start it. */
  | { readonly kind: 'unavailable'; readonly message: string }

/** One line that a function, or the host for it, wrote. */
export interface LogLine {
  readonly timestampMs: number
  readonly message: string
}

/** Where the lines of an environment go. */
export interface LogTarget {
  readonly functionArn: string
  readonly region: string
  readonly logGroup: string
  readonly logStream: string
}

/** Takes what functions log; it may drop, and never throws. */
export type LogSink = (target: LogTarget, lines: readonly LogLine[]) => void
