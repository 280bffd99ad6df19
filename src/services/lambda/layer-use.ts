import type { Access } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { LambdaCall } from './declare.ts'
import type { Configuration } from './documents.ts'
import { faults } from './faults.ts'
import { findLayerByArn } from './layers.ts'

/** Source: Lambda Developer Guide, "Lambda quotas": five layers. */
const layersMax = 5

/** The layers that a function is to have, in their order: whoever names them may use each (`useLayers`). */
export function findLayers(call: LambdaCall, arns: readonly string[]): Configuration['layers'] {
  if (arns.length > layersMax) throw faults.invalid(`Cannot reference more than ${layersMax} layers.`)
  return arns.map((text) => {
    const found = findLayerByArn(call, text)
    if (found instanceof Missing) throw faults.invalid(`Layer version ${text} does not exist.`)
    return { arn: found.arn, code: found.layer.code }
  })
}

/**
 * Who gives layers to a function must be allowed to read each; those of another account by its policy too.
 * Source: Lambda Developer Guide, "Identity-based IAM policies for Lambda", layers: `lambda:GetLayerVersion`.
 */
export function useLayers(call: LambdaCall, arns: readonly string[] = []): readonly Access[] {
  return arns
    .slice(0, layersMax)
    .map((text) => ({ action: 'lambda:GetLayerVersion', resource: findLayerByArn(call, text) }))
}
