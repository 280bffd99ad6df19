import { shownConfiguration } from './configuration.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { Configuration, FunctionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { configurationOf, findWholeFunction } from './find.ts'
import { idOf } from './names.ts'
import { page } from './paging.ts'
import { uuid } from '#core/ids.ts'

/** Freezes $LATEST as the next version; where nothing changed since the last one, that one is shown. */
export function publish(call: LambdaCall, document: FunctionDocument, Description: string | undefined) {
  const { account, name, latest, lastVersion } = document
  const last = lastVersion === 0 ? undefined : configurationOf(call, document, String(lastVersion))
  if (last && isSame(last, latest))
    return shownConfiguration(call, document, String(lastVersion), last, String(lastVersion))
  const version = lastVersion + 1
  const configuration: Configuration = {
    ...latest,
    revisionId: uuid(call.randomBytes),
    ...(Description !== undefined && { description: Description }),
  }
  call.functions.in(account).put(name, { ...document, lastVersion: version })
  call.versions.in(account).put(idOf(name, String(version)), { functionName: name, version, configuration })
  return shownConfiguration(call, document, String(version), configuration, String(version))
}

/** "Lambda doesn't publish a version if the function's configuration and code haven't changed since the last version." */
function isSame(one: Configuration, other: Configuration): boolean {
  const told = (configuration: Configuration): string =>
    JSON.stringify({ ...configuration, revisionId: '', description: '', modifiedAtMs: 0 })
  return told(one) === told(other)
}

/** Source: Lambda API Reference, PublishVersion. Faults: PreconditionFailedException; InvalidParameterValueException for other code. */
export const PublishVersion = lambda('PublishVersion', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:PublishVersion', resource: target }],
  run({ target: { document }, input, call }) {
    if (input.PublishTo !== undefined) throw faults.invalid('PublishTo is not supported by this deployment')
    const { latest } = document
    if (input.RevisionId !== undefined && input.RevisionId !== latest.revisionId) throw faults.revision()
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== latest.code.sha256)
      throw faults.invalid(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${latest.code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
      )
    return publish(call, document, input.Description)
  },
})

export const ListVersionsByFunction = lambda('ListVersionsByFunction', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:ListVersionsByFunction', resource: target }],
  run({ target: { account, document }, input, call }) {
    const published = call.versions.in(account).find('function', document.name)
    const all = [
      { key: ' ', version: '$LATEST', configuration: document.latest },
      ...published.map(({ document: { version, configuration } }) => ({
        key: String(version).padStart(12, '0'),
        version: String(version),
        configuration,
      })),
    ]
    const { items, NextMarker } = page(all, ({ key }) => key, input)
    return {
      Versions: items.map(({ version, configuration }) =>
        shownConfiguration(call, document, version, { ...configuration, variables: undefined }, version),
      ),
      ...(NextMarker !== undefined && { NextMarker }),
    }
  },
})
