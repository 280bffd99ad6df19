import { Missing } from '#core/resource.ts'
import { assertEnforced, configured, shownConfiguration } from './configuration.ts'
import { checkedCode, keptCode } from './code-input.ts'
import { codeDigest } from '#functions/index.ts'
import { lambda, type LambdaCall } from './declare.ts'
import type { FunctionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findFunction, findWholeFunction, type FoundFunction } from './find.ts'
import { functionArn, functionReference, idOf, namesLatest } from './names.ts'
import { useLayers } from './layer-use.ts'
import { page } from './paging.ts'
import { assertAssumable, findRole, passRole } from './roles.ts'
import { tagsWithin } from './tag-rules.ts'
import { publish } from './versions.ts'

/** Differs: our own bound; AWS bounds the bytes of code alone. */
const functionsMax = 1000

/**
 * Creates a function from an archive.
 *
 * Faults: ResourceConflictException; InvalidParameterValueException for a role that Lambda cannot assume, for code that cannot be unpacked
 * within its limits, for a runtime that this machine has not, and for what is not enforced here.
 * Source: Lambda API Reference, CreateFunction.
 */
export const CreateFunction = lambda('CreateFunction', {
  target({ FunctionName, Role }, call) {
    const { name } = functionReference(call, FunctionName)
    return { made: { arn: functionArn(call, call.account, name) }, role: findRole(call, Role) }
  },
  access: ({ made, role }, { Tags, Layers }, call) => [
    {
      action: 'lambda:CreateFunction',
      resource: made,
      ...(Tags && { requestTags: Tags }),
      conditions: { ...(Layers && { 'lambda:Layer': Layers }) },
    },
    ...(Tags ? [{ action: 'lambda:TagResource', resource: made, requestTags: Tags }] : []),
    passRole(role),
    ...useLayers(call, Layers),
  ],
  async prepare({ target: { made, role }, input, call }) {
    const { account, name, qualifier } = functionReference(call, input.FunctionName)
    if (account !== call.account || qualifier !== undefined)
      throw faults.invalid(`'${input.FunctionName}' does not name a new function of this account`)
    if (call.functions.get(name)) throw faults.functionExists(name)
    assertEnforced(input)
    await assertRuntime(call, input.Runtime)
    const [code] = await Promise.all([
      keptCode(call.parts.code, input.Code),
      assertAssumable(call, role, made.arn),
    ])
    return code
  },
  run({ target: { made }, input, call, prepared: code }) {
    const { name } = functionReference(call, input.FunctionName)
    if (call.functions.get(name)) throw faults.functionExists(name)
    if (!call.functions.hasRoom(functionsMax)) throw faults.invalid('The account has too many functions')
    const latest = configured(call, made.arn, input, undefined, code)
    const document: FunctionDocument = {
      arn: made.arn,
      account: call.account,
      region: call.region,
      name,
      tags: tagsWithin(input.Tags ?? {}),
      latest,
      lastVersion: 0,
    }
    call.functions.put(name, document)
    if (input.Publish === true) return publish(call, document, input.Description)
    return shownConfiguration(call, document, '$LATEST', latest)
  },
})

/** Replaces the code of $LATEST. Faults: PreconditionFailedException; those of an archive. */
export const UpdateFunctionCode = lambda('UpdateFunctionCode', {
  target: ({ FunctionName }, call) => findWholeFunction(call, FunctionName),
  access: (target) => [{ action: 'lambda:UpdateFunctionCode', resource: target }],
  async prepare({ target, input, call }) {
    assertRevision(target, input.RevisionId)
    assertEnforced(input.PublishTo || input.Architectures ? pickWish(input) : {})
    if (input.DryRun !== true) return keptCode(call.parts.code, input)
    return codeDigest(await checkedCode(input))
  },
  run({ target, input, call, prepared: code }) {
    assertRevision(target, input.RevisionId)
    const latest = configured(call, target.document.arn, {}, target.document.latest, code)
    const document = { ...target.document, latest }
    if (input.DryRun === true) return shownConfiguration(call, document, '$LATEST', latest)
    call.functions.in(target.account).put(document.name, document)
    if (input.Publish === true) return publish(call, document, undefined)
    return shownConfiguration(call, document, '$LATEST', latest)
  },
})

/** Changes the configuration of $LATEST: what is given, the rest stays. */
export const UpdateFunctionConfiguration = lambda('UpdateFunctionConfiguration', {
  target({ FunctionName, Role }, call) {
    const found = findWholeFunction(call, FunctionName)
    const owner = found instanceof Missing ? call.account : found.account
    return { found, ...(Role !== undefined && { role: findRole(call, Role, owner) }) }
  },
  access: ({ found, role }, { Layers }, call) => [
    {
      action: 'lambda:UpdateFunctionConfiguration',
      resource: found,
      conditions: { ...(Layers && { 'lambda:Layer': Layers }) },
    },
    ...(role ? [passRole(role)] : []),
    ...useLayers(call, Layers),
  ],
  async prepare({ target: { found, role }, input, call }) {
    assertRevision(found, input.RevisionId)
    assertEnforced(input)
    await assertRuntime(call, input.Runtime)
    if (role) await assertAssumable(call, role, found.document.arn)
  },
  run({ target: { found }, input, call }) {
    assertRevision(found, input.RevisionId)
    const { document } = found
    const latest = configured(call, document.arn, input, document.latest, document.latest.code)
    call.functions.in(found.account).put(document.name, { ...document, latest })
    return shownConfiguration(call, document, '$LATEST', latest)
  },
})

/** Shows a function with its tags. Differs: there is no bucket that the code could be downloaded from, so `Code` has no Location. */
export const GetFunction = lambda('GetFunction', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:GetFunction', resource: target }],
  run: ({ target, call }) => ({
    Configuration: shown(call, target),
    Code: { RepositoryType: 'S3' },
    ...(Object.keys(target.document.tags).length > 0 && { Tags: target.document.tags }),
    ...(target.document.reserved !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: target.document.reserved },
    }),
  }),
})

export const GetFunctionConfiguration = lambda('GetFunctionConfiguration', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:GetFunctionConfiguration', resource: target }],
  run: ({ target, call }) => shown(call, target),
})

/** Lists functions, or with FunctionVersion ALL their versions too. Differs: variables are shown by GetFunction alone. */
export const ListFunctions = lambda('ListFunctions', {
  access: () => [{ action: 'lambda:ListFunctions', resource: '*' }],
  run({ input, call }) {
    if (
      input.MasterRegion !== undefined &&
      input.MasterRegion !== 'ALL' &&
      input.MasterRegion !== call.region
    )
      return { Functions: [] }
    const all = call.functions.list().flatMap(({ document }) => [
      { key: document.name, show: () => listed(call, document, '$LATEST', document.latest) },
      ...(input.FunctionVersion === 'ALL'
        ? call.versions
            .find('function', document.name)
            .map(({ id, document: { version, configuration } }) => ({
              key: id,
              show: () => listed(call, document, String(version), configuration, String(version)),
            }))
        : []),
    ])
    const { items, NextMarker } = page(all, ({ key }) => key, input)
    return { Functions: items.map(({ show }) => show()), ...(NextMarker !== undefined && { NextMarker }) }
  },
})

function listed(
  ...[call, document, version, configuration, qualifier]: Parameters<typeof shownConfiguration>
) {
  return shownConfiguration(call, document, version, { ...configuration, variables: undefined }, qualifier)
}

/**
 * Deletes a function with all that hangs on it, or one version that no alias points to.
 * Faults: ResourceConflictException; InvalidParameterValueException for an alias, and for $LATEST, which goes with its function alone.
 */
export const DeleteFunction = lambda('DeleteFunction', {
  target: ({ FunctionName, Qualifier }, call) => findFunction(call, FunctionName, Qualifier),
  access: (target) => [{ action: 'lambda:DeleteFunction', resource: target }],
  run({ target: { account, document, qualifier, alias, version }, input, call }) {
    const { name } = document
    if (namesLatest(input.FunctionName, input.Qualifier))
      throw faults.invalid('$LATEST version cannot be deleted without deleting the function.')
    if (alias) throw faults.invalid('An alias is deleted by DeleteAlias')
    if (qualifier !== undefined) {
      for (const { document: other } of call.aliases.in(account).find('function', name))
        if (other.version === version || Object.hasOwn(other.weights, version))
          throw faults.conflict(`Version ${version} is used by the alias ${other.name}`)
      for (const table of [call.versions, call.policies, call.eventInvokeConfigs, call.urls])
        table.in(account).delete(idOf(name, version))
    } else {
      call.functions.in(account).delete(name)
      const { versions, aliases, policies, eventInvokeConfigs, urls } = call
      for (const table of [versions, aliases, policies, eventInvokeConfigs, urls])
        for (const { id } of table.in(account).find('function', name)) table.in(account).delete(id)
    }
    return { StatusCode: 204 }
  },
})

function shown(call: LambdaCall, { document, version, configuration, qualifier }: FoundFunction) {
  return shownConfiguration(call, document, version, configuration, qualifier)
}

function pickWish({ PublishTo, Architectures }: Parameters<typeof assertEnforced>[0]) {
  return { PublishTo, Architectures }
}

function assertRevision({ document }: Pick<FoundFunction, 'document'>, RevisionId: string | undefined): void {
  if (RevisionId !== undefined && RevisionId !== document.latest.revisionId) throw faults.revision()
}

/** Refuses runtimes that this machine has nothing for. Faults: InvalidParameterValueException; ServiceException while nothing runs. */
async function assertRuntime({ parts }: LambdaCall, runtime: string | undefined): Promise<void> {
  if (runtime === undefined) return
  const known: readonly string[] | undefined = await parts.host.runtimes()
  if (!known) throw faults.unavailable('Functions cannot run on this machine now; its log says why.')
  if (!known.includes(runtime))
    throw faults.invalid(
      `The runtime parameter of ${runtime} cannot be served here. This deployment has: ${known.join(', ')}.`,
    )
}
