import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection, type MoveSealed } from '#core/store/index.ts'
import type { RuntimeName, StoredVariables } from '#functions/index.ts'
import { sealedVariables } from './sealed.ts'

// What Lambda stores, in the function's account and region.

/** An archive of code, by its digest. */
export interface StoredCode {
  readonly digest: string
  /** Base64, as AWS shows it. */
  readonly sha256: string
  readonly bytes: number
}

/** What a version of a function is: frozen once it is published. */
export interface Configuration {
  readonly runtime: RuntimeName
  readonly handler: string
  readonly roleArn: Arn
  readonly description: string
  readonly timeoutSec: number
  readonly memoryMiB: number
  readonly storageMiB: number
  readonly variables?: StoredVariables | undefined
  readonly kmsKeyArn?: string | undefined
  readonly layers: readonly { readonly arn: Arn; readonly code: StoredCode }[]
  readonly deadLetterArn?: Arn | undefined
  readonly tracing: 'Active' | 'PassThrough'
  readonly logGroup: string
  readonly code: StoredCode
  readonly revisionId: string
  readonly modifiedAtMs: number
}

/** A function, with its version $LATEST. Its id is its name. */
export interface FunctionDocument {
  readonly arn: Arn
  readonly account: AccountId
  readonly region: string
  readonly name: string
  readonly tags: Tags
  readonly latest: Configuration
  /** The number of the version that was published last; 0 before. */
  readonly lastVersion: number
  readonly reserved?: number | undefined
}

/** A published version. Its id is `name:7`. */
export interface VersionDocument {
  readonly functionName: string
  readonly version: number
  readonly configuration: Configuration
}

/** Its id is `name:alias`. */
export interface AliasDocument {
  readonly arn: Arn
  readonly functionName: string
  readonly name: string
  readonly version: string
  readonly description: string
  /** A second version, and which part of the invocations it takes. */
  readonly weights: Readonly<Record<string, number>>
  readonly revisionId: string
}

/** The permissions on a function, a version or an alias. Its id is the function's name, or `name:qualifier`. */
export interface PolicyDocument {
  readonly functionName: string
  /** Statements as AWS writes them, by their Sid. */
  readonly statements: readonly { readonly Sid: string; readonly [member: string]: unknown }[]
  readonly revisionId: string
}

/** How what is invoked asynchronously is retried. Its id is as that of a policy. */
export interface EventInvokeConfigDocument {
  readonly functionName: string
  readonly qualifier: string
  readonly retriesMax?: number | undefined
  readonly ageMaxSec?: number | undefined
  readonly onSuccess?: Arn | undefined
  readonly onFailure?: Arn | undefined
  readonly modifiedAtMs: number
}

/** An event that was accepted and is not done. Its id is that of its request. */
export interface AsyncEventDocument {
  readonly functionName: string
  readonly qualifier?: string | undefined
  readonly invokedArn: Arn
  readonly payload: string
  readonly traceHeader: string
  readonly acceptedAtMs: number
  /** Times that the function ran and failed. */
  readonly failures: number
  /** Times in a row that it could not run. */
  readonly refusals: number
  readonly dueAtMs: number
  /** It is done but for who is to hear of it. */
  readonly delivery?:
    | {
        readonly to: Arn
        readonly kind: 'destination' | 'dead-letter'
        readonly body: string
        readonly attributes: Readonly<Record<string, string>>
      }
    | undefined
}

/** Its id is its UUID. */
export interface MappingDocument {
  readonly arn: Arn
  readonly tags: Tags
  readonly account: AccountId
  readonly region: string
  readonly uuid: string
  readonly queueArn: Arn
  /** The function, with its qualifier. */
  readonly functionArn: Arn
  readonly functionName: string
  readonly qualifier?: string | undefined
  readonly enabled: boolean
  readonly batchSize: number
  readonly windowSec: number
  readonly reportsFailures: boolean
  readonly concurrencyMax?: number | undefined
  readonly filters: readonly string[]
  readonly modifiedAtMs: number
}

/** A version of a layer. Its id is `name:3`. */
export interface LayerVersionDocument {
  readonly arn: Arn
  readonly layerArn: Arn
  readonly name: string
  readonly version: number
  readonly description: string
  readonly code: StoredCode
  readonly runtimes: readonly string[]
  readonly architectures: readonly string[]
  readonly license: string
  readonly createdAtMs: number
}

/** How many versions a layer has had. Its id is the layer's name. */
export interface LayerDocument {
  readonly lastVersion: number
}

/** Who else may use a version of a layer. Its id is as that version's. */
export interface LayerPolicyDocument {
  readonly statements: readonly { readonly Sid: string; readonly [member: string]: unknown }[]
  readonly revisionId: string
}

/** Its id is the function's name, or `name:alias`. */
export interface UrlDocument {
  readonly account: AccountId
  readonly region: string
  readonly functionName: string
  readonly qualifier?: string | undefined
  readonly functionArn: Arn
  readonly urlId: string
  readonly auth: 'AWS_IAM' | 'NONE'
  readonly mode: 'BUFFERED' | 'RESPONSE_STREAM'
  readonly cors?: StoredCors | undefined
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export interface StoredCors {
  readonly AllowCredentials?: boolean | undefined
  readonly AllowHeaders?: readonly string[] | undefined
  readonly AllowMethods?: readonly string[] | undefined
  readonly AllowOrigins?: readonly string[] | undefined
  readonly ExposeHeaders?: readonly string[] | undefined
  readonly MaxAge?: number | undefined
}

function resealed(configuration: Configuration, move: MoveSealed): Configuration {
  const { variables } = configuration
  if (!variables) return configuration
  const sealed = sealedVariables.move(move, variables.owner, variables.sealed)
  return { ...configuration, variables: { ...variables, sealed } }
}

const everywhere = { anywhere: () => 'all' } as const

export const functions = collection<FunctionDocument>({
  service: 'lambda',
  type: 'function',
  indexes: { everywhere },
  reseal: (document, _id, move) => ({ ...document, latest: resealed(document.latest, move) }),
})

export const versions = collection<VersionDocument>({
  service: 'lambda',
  type: 'version',
  indexes: { function: ({ functionName }) => functionName, everywhere },
  reseal: (document, _id, move) => ({ ...document, configuration: resealed(document.configuration, move) }),
})

const ofFunction = { function: ({ functionName }: { readonly functionName: string }) => functionName }

export const aliases = collection<AliasDocument>({ service: 'lambda', type: 'alias', indexes: ofFunction })
export const policies = collection<PolicyDocument>({ service: 'lambda', type: 'policy', indexes: ofFunction })
export const eventInvokeConfigs = collection<EventInvokeConfigDocument>({
  service: 'lambda',
  type: 'event-invoke-config',
  indexes: ofFunction,
})
export const asyncEvents = collection<AsyncEventDocument>({
  service: 'lambda',
  type: 'async-event',
  indexes: { everywhere },
})
export const mappings = collection<MappingDocument>({
  service: 'lambda',
  type: 'event-source-mapping',
  indexes: { everywhere },
})
export const layers = collection<LayerDocument>({ service: 'lambda', type: 'layer' })
export const layerVersions = collection<LayerVersionDocument>({
  service: 'lambda',
  type: 'layer-version',
  indexes: { layer: ({ name }) => name, everywhere },
})
export const layerPolicies = collection<LayerPolicyDocument>({ service: 'lambda', type: 'layer-policy' })
export const urls = collection<UrlDocument>({
  service: 'lambda',
  type: 'url',
  indexes: { function: ({ functionName }) => functionName, urlId: { anywhere: ({ urlId }) => urlId } },
})
