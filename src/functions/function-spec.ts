import type { AccountId, Arn } from '#core/arn.ts'
import type { RuntimeName } from './runtimes/runtimes.ts'

// What the host of functions is told and tells; plain data, which threads can send each other.

/** All that an environment is made from. Two with the same `key` are the same. */
export interface FunctionSpec {
  /** Names the function, its version and its configuration: an environment serves one key. */
  readonly key: string
  /** The function's ARN without a version: what concurrency is counted by. */
  readonly functionArn: Arn
  readonly account: AccountId
  readonly functionName: string
  readonly version: string
  readonly region: string
  readonly roleArn: string
  readonly runtime: RuntimeName
  readonly handler: string
  readonly timeoutSec: number
  readonly memoryMiB: number
  readonly storageMiB: number
  /** Digests of the archive that holds the code, and of the layers' in their order. */
  readonly code: string
  readonly layers: readonly string[]
  /** Opened when an environment starts. */
  readonly variables?: StoredVariables | undefined
  readonly logGroup: string
  /** How many may run at a time. */
  readonly reserved?: number | undefined
}

/** A function's variables at rest: sealed under the root key, or encrypted by a KMS key and then sealed. */
export interface StoredVariables {
  readonly sealed: string
  /** Whose text is sealed. */
  readonly owner: string
  /** Where a customer's key encrypted them. */
  readonly kmsKeyArn?: string | undefined
}

/** Credentials of the execution role. */
export interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number
}

/** What an environment is given that nobody else may know; or why there is none. */
export type Provided =
  | {
      readonly ok: true
      readonly credentials: RoleCredentials
      readonly variables: Readonly<Record<string, string>>
    }
  | { readonly ok: false; readonly reason: 'no-role' | 'no-key'; readonly message: string }

/** One call of a function: what it is given, and what its context tells it. */
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
  | {
      readonly kind: 'success'
      readonly payload: Uint8Array
      readonly contentType?: string | undefined
      readonly logTail: string
    }
  /** The function, or its process, failed; `payload` is AWS's JSON of the error. */
  | {
      readonly kind: 'function-error'
      readonly payload: Uint8Array
      readonly logTail: string
    }
  | {
      readonly kind: 'throttled'
      readonly reason:
        'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded'
    }
  /** Its role cannot be assumed, its variables cannot be decrypted. */
  | { readonly kind: 'not-provided'; readonly reason: 'no-role' | 'no-key'; readonly message: string }
  /** The machine could not start it. */
  | { readonly kind: 'unavailable'; readonly message: string }

/** An answer that is read while it is made. */
export interface ResponseStream {
  /** What has come since, as soon as something has; `end` comes with the last of it. */
  read(): Promise<StreamPart>
  /** Nobody reads on: what still comes is thrown away. */
  cancel(): void
}

/** What of an answer has come since it was last read. */
export interface StreamPart {
  readonly pieces: readonly Uint8Array[]
  readonly end?: StreamEnd
}

/** How an answer ended that was read while it was made. */
export interface StreamEnd {
  /** AWS's JSON of the error where the function failed on its way. */
  readonly error?: Uint8Array | undefined
  readonly logTail: string
}

/** What an invocation comes to whose answer is read while it is made. */
export type StreamedOutcome =
  | {
      readonly kind: 'streaming'
      readonly contentType?: string | undefined
      readonly stream: ResponseStream
    }
  | Exclude<Outcome, { kind: 'success' }>

/** One line that a function, or the host for it, wrote. */
export interface LogLine {
  readonly timestampMs: number
  readonly message: string
}

/** Where the lines of an environment go, and by whose leave. */
export interface LogTarget {
  readonly account: AccountId
  readonly functionArn: Arn
  readonly region: string
  readonly roleArn: string
  readonly logGroup: string
  readonly logStream: string
}

/** Takes what functions log; it may drop, and never throws. */
export type LogSink = (target: LogTarget, line: LogLine) => void
