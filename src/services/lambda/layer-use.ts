import { type Arn, parseArn } from '#core/arn.ts'
import type { LambdaCall } from './declare.ts'
import type { Configuration } from './documents.ts'
import { faults } from './faults.ts'

/** Source: Lambda Developer Guide, "Lambda quotas": five layers. */
const layersMax = 5

/** The layers that a function is to have, in their order. Differs: layers of other accounts are not built. */
export function findLayers(call: LambdaCall, arns: readonly string[]): Configuration['layers'] {
  if (arns.length > layersMax) throw faults.invalid(`Cannot reference more than ${layersMax} layers.`)
  return arns.map((text) => {
    const parts = parseArn(text)
    const [kind, name = '', version = ''] = parts?.resource.split(':') ?? []
    if (parts?.service !== 'lambda' || kind !== 'layer' || !/^\d+$/.test(version))
      throw faults.invalid(`'${text}' is no ARN of a layer version`)
    const own = parts.region === call.region && parts.account === call.account
    const found = own ? call.layerVersions.get(`${name}:${version}`) : undefined
    if (!found) throw faults.invalid(`Layer version ${text} does not exist.`)
    return { arn: text as Arn, code: found.code } // Parsed above.
  })
}
