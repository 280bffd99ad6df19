import type { Reader, Scope } from '#core/store/index.ts'
import { aliases, type Configuration, type FunctionDocument, functions, versions } from './documents.ts'
import { chosenVersion } from './invoke.ts'
import { idOf } from './names.ts'

/** What runs for an event or a message. */
export interface Target {
  readonly document: FunctionDocument
  readonly version: string
  readonly configuration: Configuration
}

/** Finds what runs where a function and, if any, an alias or a version are named; undefined once that is gone. */
export function resolveTarget(
  reader: Reader,
  scope: Scope,
  { functionName, qualifier }: { readonly functionName: string; readonly qualifier?: string | undefined },
  randomBytes: (length: number) => Buffer,
): Target | undefined {
  const document = reader.get(functions, scope, functionName)
  if (!document) return undefined
  const alias =
    qualifier === undefined ? undefined : reader.get(aliases, scope, idOf(functionName, qualifier))
  const version = chosenVersion({ alias, version: alias?.version ?? qualifier ?? '$LATEST' }, randomBytes)
  const configuration =
    version === '$LATEST'
      ? document.latest
      : reader.get(versions, scope, idOf(functionName, version))?.configuration
  return configuration && { document, version, configuration }
}
