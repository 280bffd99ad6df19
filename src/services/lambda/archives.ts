import type { KeyedDocument } from '#core/store/index.ts'
import {
  type Configuration,
  type FunctionDocument,
  type LayerVersionDocument,
  type VersionDocument,
  functions,
  layerVersions,
  versions,
} from './documents.ts'

/** The archives of code that a document of any kind names, by their digests. */
export function archivesOf({ service, type, document }: KeyedDocument): readonly string[] {
  switch (`${service}/${type}`) {
    case functions.name:
      return ofConfiguration((document as FunctionDocument).latest) // The collection of that name.
    case versions.name:
      return ofConfiguration((document as VersionDocument).configuration) // Likewise.
    case layerVersions.name:
      return [(document as LayerVersionDocument).code.digest] // Likewise.
    default:
      return []
  }
}

/** The code of a function and its layers. */
export function ofConfiguration({ code, layers }: Configuration): readonly string[] {
  return [code.digest, ...layers.map((layer) => layer.code.digest)]
}
