import { uuid } from '#core/ids.ts'
import type { Operations } from '#models/lambda.d.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { AliasDocument } from './documents.ts'
import { faults } from './faults.ts'
import { configurationOf, findWholeFunction, type FoundFunction, versionArn } from './find.ts'
import { idOf } from './names.ts'
import { page } from './paging.ts'

type Routing = Operations['CreateAlias']['input']['RoutingConfig']

/** Source: Lambda API Reference, CreateAlias. Faults: ResourceConflictException; ResourceNotFoundException for the version. */
export const CreateAlias = lambda('CreateAlias', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:CreateAlias', resource: target }],
  run({ target, input, call }) {
    const { account, document } = target
    const id = idOf(document.name, input.Name)
    if (call.aliases.in(account).get(id))
      throw faults.conflict(`Alias already exists: ${versionArn(document.arn, input.Name)}`)
    const alias: AliasDocument = {
      arn: versionArn(document.arn, input.Name),
      functionName: document.name,
      name: input.Name,
      version: knownVersion(call, target, input.FunctionVersion),
      description: input.Description ?? '',
      weights: knownWeights(call, target, input.FunctionVersion, input.RoutingConfig),
      revisionId: uuid(call.randomBytes),
    }
    call.aliases.in(account).put(id, alias)
    return shown(alias)
  },
})

/** Points an alias to other versions; what is not given stays. */
export const UpdateAlias = lambda('UpdateAlias', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:UpdateAlias', resource: target }],
  run({ target, input, call }) {
    const before = existing(call, target, input.Name)
    if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId) throw faults.revision()
    const version = knownVersion(call, target, input.FunctionVersion ?? before.version)
    const alias = {
      ...before,
      version,
      description: input.Description ?? before.description,
      weights: knownWeights(
        call,
        target,
        version,
        input.RoutingConfig ?? { AdditionalVersionWeights: before.weights },
      ),
      revisionId: uuid(call.randomBytes),
    }
    call.aliases.in(target.account).put(idOf(alias.functionName, alias.name), alias)
    return shown(alias)
  },
})

export const GetAlias = lambda('GetAlias', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:GetAlias', resource: target }],
  run: ({ target, input, call }) => shown(existing(call, target, input.Name)),
})

export const ListAliases = lambda('ListAliases', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:ListAliases', resource: target }],
  run({ target: { account, document }, input, call }) {
    const all = call.aliases.in(account).find('function', document.name)
    const of = all.filter(
      ({ document: { version } }) => input.FunctionVersion === undefined || version === input.FunctionVersion,
    )
    const { items, NextMarker } = page(of, ({ id }) => id, input)
    return {
      Aliases: items.map(({ document: alias }) => shown(alias)),
      ...(NextMarker !== undefined && { NextMarker }),
    }
  },
})

/** Deletes an alias with what hangs on it; one that is not there is no error. */
export const DeleteAlias = lambda('DeleteAlias', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:DeleteAlias', resource: target }],
  run({ target: { account, document }, input, call }) {
    const id = idOf(document.name, input.Name)
    for (const table of [call.aliases, call.policies, call.eventInvokeConfigs, call.urls])
      table.in(account).delete(id)
    return {}
  },
})

function existing(call: LambdaCall, { account, document }: FoundFunction, name: string): AliasDocument {
  const alias = call.aliases.in(account).get(idOf(document.name, name))
  if (!alias) throw faults.notFound(`Cannot find alias arn: ${versionArn(document.arn, name)}`)
  return alias
}

function knownVersion(call: LambdaCall, { document }: FoundFunction, version: string): string {
  if (!configurationOf(call, document, version))
    throw faults.functionNotFound(versionArn(document.arn, version))
  return version
}

/** One other version, with its part of the invocations. Source: Lambda API Reference, AliasRoutingConfiguration. */
function knownWeights(
  call: LambdaCall,
  target: FoundFunction,
  first: string,
  routing: Routing,
): AliasDocument['weights'] {
  const weights = routing?.AdditionalVersionWeights ?? {}
  const entries = Object.entries(weights)
  if (entries.length > 1)
    throw faults.invalid('Number of items in AdditionalVersionWeights cannot be greater than 1')
  for (const [version, weight] of entries) {
    if (first === '$LATEST' || version === '$LATEST')
      throw faults.invalid('$LATEST is not supported for an alias pointing to more than 1 version')
    if (version === first)
      throw faults.invalid(
        `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
      )
    if (!(weight >= 0 && weight <= 1)) throw faults.invalid('A weight is a number from 0 to 1')
    knownVersion(call, target, version)
  }
  return weights
}

function shown({ arn, name, version, description, weights, revisionId }: AliasDocument) {
  return {
    AliasArn: arn,
    Name: name,
    FunctionVersion: version,
    Description: description,
    ...(Object.keys(weights).length > 0 && { RoutingConfig: { AdditionalVersionWeights: weights } }),
    RevisionId: revisionId,
  }
}
