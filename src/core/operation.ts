import type { ServiceName } from '#wire/index.ts'
import type { Call } from './call.ts'
import type { Tags } from './caller.ts'
import type { Present, Resource } from './resource.ts'
import { enterTables, type Reach, type Tables, type TablesOf } from './tables.ts'

type ConditionValue = string | readonly string[] | undefined

/**
 * Values by condition key. What costs a search is a function, called when a policy asks. (No getters: each object literal that has one
 * gets a hidden class of its own, which holds on to all that the getter sees until the next full garbage collection.)
 */
export type Conditions = Readonly<Record<string, ConditionValue | (() => ConditionValue)>>

/** One action on one resource that the caller must be allowed; an operation may need several. */
export interface Access {
  /** `iam:CreateUser`: spelled as in AWS's service reference. */
  readonly action: string
  readonly resource: Resource | '*'
  /** The service's own condition keys of this call, e.g. `iam:PolicyARN`. */
  readonly conditions?: Conditions
  /** Tags that the call sets: gives `aws:RequestTag/…` and `aws:TagKeys`. */
  readonly requestTags?: Tags
  /** Tag keys that the call names without values (UntagUser): gives `aws:TagKeys`. */
  readonly tagKeys?: readonly string[]
  /** Where it is done, if not in the call's region (a replica of a key): gives `aws:RequestedRegion`. */
  readonly region?: string
}

/** Any caller with a valid signature may: AWS documents the operation as needing no permission. */
export const openToAnyAuthenticatedCaller = Symbol('open to any authenticated caller')

/** Nobody needs to sign: the operation checks another proof itself (AssumeRoleWithWebIdentity). */
export const openToAnybody = Symbol('open to anybody')

/** All there is to know of an operation: what it acts on, the access that it needs, what it does. */
export interface Declaration<Input, Output, Target, Prepared, ServiceCall> {
  /** Finds what the operation acts on. What is found here gets authorized, and is all that `run` receives. */
  readonly target?: (input: Input, call: ServiceCall) => Target
  readonly access:
    | typeof openToAnyAuthenticatedCaller
    | typeof openToAnybody
    | ((target: Target, input: Input, call: ServiceCall) => readonly Access[])
  /**
   * What must be asynchronous (hashing a password, scanning a log, asking another machine), done after authorization and outside
   * the transaction; target and authorization are then looked up afresh before `run`. What it answers without a promise costs
   * nothing: `run` follows at once.
   */
  readonly prepare?: (given: {
    readonly target: Present<Target>
    readonly input: Input
    readonly call: ServiceCall
  }) => Prepared | Promise<Prepared>
  /** Synchronous and deterministic: it may run again when another worker's commit came between. */
  readonly run: (given: {
    readonly target: Present<Target>
    readonly input: Input
    readonly call: ServiceCall
    readonly prepared: Prepared
  }) => Output
}

/** A declared operation, as the pipeline sees it. */
export interface Operation {
  readonly service: ServiceName
  readonly name: string
  readonly declaration: Declaration<unknown, unknown, unknown, unknown, Call>
  /** Gives the call its service's tables and parts; `service()` binds the parts. */
  readonly enter: (call: Call, parts?: unknown) => Call
}

interface Shapes {
  readonly input: unknown
  readonly output: unknown
}

/**
 * Makes the function that declares a service's operations. `Operations` is the generated model's interface, so that a name
 * it lacks does not compile; `collections` become tables of `call`, scoped to the caller's account, and to the call's region
 * unless the service is a global one. `Parts` is what the service was made with beside them, as `call.parts`.
 */
export function operationsOf<Operations extends { [Name in keyof Operations]: Shapes }, Parts = undefined>() {
  return <Stored extends Tables>(service: ServiceName, collections: Stored, reach: Reach) => {
    const enter = enterTables(collections, reach)
    return <Name extends keyof Operations & string, Target = undefined, Prepared = undefined>(
      name: Name,
      declaration: Declaration<
        Operations[Name]['input'],
        Operations[Name]['output'],
        Target,
        Prepared,
        Call & TablesOf<Stored> & { readonly parts: Parts }
      >,
    ): Operation => ({
      service,
      name,
      // The pipeline decodes the input by the model that typed it, and gives `run` what `target` and `prepare` returned.
      declaration: declaration as unknown as Operation['declaration'],
      enter,
    })
  }
}
