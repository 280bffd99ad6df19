import index from '#models/index.json' with { type: 'json' }
import type { ServiceName } from '#models/index.d.ts'
import type { ServiceMetadata } from './shapes.ts'

/** The services whose models are here, with what their models say of them. Read at start-up; the models are not. */
export const services: ReadonlyMap<ServiceName, ServiceMetadata> = new Map(
  Object.entries(index) as [ServiceName, ServiceMetadata][], // Both are written by scripts/models from one list.
)

/** The services whose requests are understood, by the names of their models. */
export const serviceNames: readonly ServiceName[] = [...services.keys()]

/** Services by the name in a signature's credential scope (`monitoring`, `elasticloadbalancing`). */
export const bySigningName: ReadonlyMap<string, ServiceName> = keyed(({ signingName }) => [signingName])

/**
 * Services by what stands before the operation in `X-Amz-Target`: the whole prefix, or its last part, which is what SDKs
 * send where the model (CloudTrail) has a longer one.
 */
export const byTargetPrefix: ReadonlyMap<string, ServiceName> = keyed(({ targetPrefix }) =>
  targetPrefix === undefined ? [] : [targetPrefix, targetPrefix.slice(targetPrefix.lastIndexOf('.') + 1)],
)

/** Services of the query protocols by API version: no two share one. */
export const byQueryVersion: ReadonlyMap<string, ServiceName> = keyed(({ protocols, apiVersion }) =>
  protocols.includes('query') || protocols.includes('ec2') ? [apiVersion] : [],
)

/** Services by the first label of a host name (`iam.localhost`, `monitoring.us-east-1.amazonaws.com`). */
export const byHostLabel: ReadonlyMap<string, ServiceName> = keyed(({ endpointPrefix, signingName }) => [
  endpointPrefix,
  signingName,
])

function keyed(keys: (metadata: ServiceMetadata) => readonly string[]): ReadonlyMap<string, ServiceName> {
  return new Map(
    [...services].flatMap(([service, metadata]) => keys(metadata).map((key) => [key, service] as const)),
  )
}
