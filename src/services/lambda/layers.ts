import { type AccountId, accountId, type Arn, arn, parseArn } from '#core/arn.ts'
import { Missing, type Resource } from '#core/resource.ts'
import { keptCode } from './code-input.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { LayerVersionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { page } from './paging.ts'
import { policyText } from './policy.ts'

/** Source: Lambda Developer Guide, "Lambda quotas" has none; ours, so that lists stay bounded. */
const versionsMax = 10_000

/**
 * Publishes a version of a layer: its contents are at /opt in functions that name it.
 * Source: Lambda API Reference, PublishLayerVersion. Faults: those of an archive.
 */
export const PublishLayerVersion = lambda('PublishLayerVersion', {
  target: ({ LayerName }, call) => ({ arn: layerArn(call, layerName(call, LayerName)) }),
  access: (target) => [{ action: 'lambda:PublishLayerVersion', resource: target }],
  prepare: ({ input: { Content }, call }) => keptCode(call.parts.code, Content),
  run({ target, input, call, prepared: code }) {
    const name = layerName(call, input.LayerName)
    if (!call.layerVersions.hasRoom(versionsMax))
      throw faults.invalid('The account has too many layer versions')
    const version = (call.layers.get(name)?.lastVersion ?? 0) + 1
    const made: LayerVersionDocument = {
      arn: `${target.arn}:${version}` as Arn, // A layer's ARN with a version is one.
      layerArn: target.arn,
      name,
      version,
      description: input.Description ?? '',
      code,
      runtimes: input.CompatibleRuntimes ?? [],
      architectures: input.CompatibleArchitectures ?? [],
      license: input.LicenseInfo ?? '',
      createdAtMs: call.nowMs,
    }
    call.layers.put(name, { lastVersion: version }) // A number is never used twice.
    call.layerVersions.put(`${name}:${version}`, made)
    return shown(made)
  },
})

export const GetLayerVersion = lambda('GetLayerVersion', {
  target: ({ LayerName, VersionNumber }, call) => findLayerVersion(call, LayerName, VersionNumber),
  access: (target) => [{ action: 'lambda:GetLayerVersion', resource: target }],
  run: ({ target }) => shown(target.layer),
})

/** The same, by the whole ARN. Source: Lambda API Reference, GetLayerVersionByArn: the permission is that of GetLayerVersion. */
export const GetLayerVersionByArn = lambda('GetLayerVersionByArn', {
  target: ({ Arn }, call) => findLayerByArn(call, Arn),
  access: (target) => [{ action: 'lambda:GetLayerVersion', resource: target }],
  run: ({ target }) => shown(target.layer),
})

/** Deletes a version; functions that have it keep it. */
export const DeleteLayerVersion = lambda('DeleteLayerVersion', {
  target({ LayerName, VersionNumber }, call) {
    const { arn } = findLayerVersion(call, layerName(call, LayerName), VersionNumber)
    return { arn }
  },
  access: (target) => [{ action: 'lambda:DeleteLayerVersion', resource: target }],
  run({ input: { LayerName, VersionNumber }, call }) {
    const id = `${layerName(call, LayerName)}:${VersionNumber}`
    call.layerVersions.delete(id)
    call.layerPolicies.delete(id)
    return {}
  },
})

export const ListLayerVersions = lambda('ListLayerVersions', {
  access: () => [{ action: 'lambda:ListLayerVersions', resource: '*' }],
  run({ input, call }) {
    const all = call.layerVersions
      .find('layer', layerName(call, input.LayerName))
      .map(({ document }) => document)
    // The newest first.
    const { items, NextMarker } = page(
      all.filter(suits(input)),
      ({ version }) => String(1e9 - version),
      input,
    )
    return { LayerVersions: items.map(listed), ...(NextMarker !== undefined && { NextMarker }) }
  },
})

export const ListLayers = lambda('ListLayers', {
  access: () => [{ action: 'lambda:ListLayers', resource: '*' }],
  run({ input, call }) {
    const newest = new Map<string, LayerVersionDocument>()
    for (const { document } of call.layerVersions.list())
      if (suits(input)(document) && (newest.get(document.name)?.version ?? 0) < document.version)
        newest.set(document.name, document)
    const { items, NextMarker } = page([...newest.values()], ({ name }) => name, input)
    return {
      Layers: items.map((one) => ({
        LayerName: one.name,
        LayerArn: one.layerArn,
        LatestMatchingVersion: listed(one),
      })),
      ...(NextMarker !== undefined && { NextMarker }),
    }
  },
})

function suits(input: {
  readonly CompatibleRuntime?: string | undefined
  readonly CompatibleArchitecture?: string | undefined
}) {
  const has = (list: readonly string[], one: string | undefined): boolean =>
    one === undefined || list.includes(one)
  return ({ runtimes, architectures }: LayerVersionDocument): boolean =>
    has(runtimes, input.CompatibleRuntime) && has(architectures, input.CompatibleArchitecture)
}

function layerArn({ partition, region, account }: LambdaCall, name: string): Arn {
  return arn({ partition, region, account, service: 'lambda', resource: `layer:${name}` })
}

/** A layer's name, or its ARN in this account and region. */
function layerName(call: LambdaCall, text: string): string {
  if (!text.startsWith('arn:')) return text
  const name = parseArn(text)?.resource.split(':')[1] ?? ''
  if (text !== layerArn(call, name)) throw faults.invalid(`'${text}' is no layer of this account and region`)
  return name
}

/** A version of a layer, of whatever account, as it was asked for. */
export interface FoundLayer extends Resource {
  readonly layer: LayerVersionDocument & { readonly account: AccountId }
}

/** By the layer's name in the caller's account, or its ARN in any: authorized by its own policy too. */
export function findLayerVersion(
  call: LambdaCall,
  LayerName: string,
  VersionNumber: number,
): FoundLayer | Missing {
  const layer = LayerName.startsWith('arn:') ? LayerName : layerArn(call, LayerName)
  return findLayerByArn(call, `${layer}:${VersionNumber}`)
}

/** Faults: InvalidParameterValueException for what is no ARN of a layer version of this region. */
export function findLayerByArn(call: LambdaCall, text: string): FoundLayer | Missing {
  const parts = parseArn(text)
  const [kind, name = '', version = '', ...rest] = parts?.resource.split(':') ?? []
  const account = accountId(parts?.account ?? '')
  if (
    parts?.service !== 'lambda' ||
    kind !== 'layer' ||
    rest.length > 0 ||
    !/^\d+$/.test(version) ||
    !account
  )
    throw faults.invalid(`'${text}' is no ARN of a layer version`)
  const asked = text as Arn // Parsed above.
  const here = parts.region === call.region && parts.partition === call.partition
  const layer = here ? call.layerVersions.in(account).get(`${name}:${version}`) : undefined
  if (!layer) return new Missing(asked, faults.notFound('The resource you requested does not exist.'))
  const policy = call.layerPolicies.in(account).get(layerId(layer))
  return {
    arn: layer.arn,
    layer: { ...layer, account },
    resourcePolicy: policy && { kind: 'resource', text: policyText(policy), required: false },
  }
}

export function layerId({ name, version }: Pick<LayerVersionDocument, 'name' | 'version'>): string {
  return `${name}:${version}`
}

function listed(layer: LayerVersionDocument) {
  return {
    LayerVersionArn: layer.arn,
    Version: layer.version,
    Description: layer.description,
    CreatedDate: new Date(layer.createdAtMs).toISOString().replace('Z', '+0000'),
    CompatibleRuntimes: layer.runtimes as never, // As the model validated them.
    CompatibleArchitectures: layer.architectures as never, // As above.
    ...(layer.license !== '' && { LicenseInfo: layer.license }),
  }
}

function shown(layer: LayerVersionDocument) {
  const { code } = layer
  return {
    ...listed(layer),
    LayerArn: layer.layerArn,
    Content: { CodeSha256: code.sha256, CodeSize: code.bytes },
  }
}
