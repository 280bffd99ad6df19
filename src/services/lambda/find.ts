import type { AccountId, Arn } from '#core/arn.ts'
import { Missing, type Resource } from '#core/resource.ts'
import type { LambdaCall } from './declare.ts'
import type { AliasDocument, Configuration, FunctionDocument } from './documents.ts'
import { faults } from './faults.ts'
import { functionArn, functionReference, idOf, isVersionNumber } from './names.ts'
import { resourcePolicyOf } from './policy.ts'

/** A function as it was asked for. */
export interface FoundFunction extends Resource {
  readonly account: AccountId
  readonly document: FunctionDocument
  readonly qualifier: string | undefined
  readonly alias: AliasDocument | undefined
  /** `$LATEST`, or a number; an alias's first one. */
  readonly version: string
  readonly configuration: Configuration
}

/** The function, version or alias that a call names: authorized as what it names, by that one's own policy. */
export function findFunction(
  call: LambdaCall,
  FunctionName: string,
  Qualifier?: string,
): FoundFunction | Missing {
  const { account, name, qualifier } = functionReference(call, FunctionName, Qualifier)
  const arn = functionArn(call, account, name, qualifier)
  const document = call.functions.in(account).get(name)
  if (!document) return new Missing(arn, faults.functionNotFound(arn))
  const alias =
    qualifier === undefined || isVersionNumber(qualifier)
      ? undefined
      : call.aliases.in(account).get(idOf(name, qualifier))
  if (qualifier !== undefined && !isVersionNumber(qualifier) && !alias)
    return new Missing(arn, faults.functionNotFound(arn))
  const version = alias?.version ?? qualifier ?? '$LATEST'
  const configuration = configurationOf(call, document, version)
  if (!configuration) return new Missing(arn, faults.functionNotFound(arn))
  return {
    arn,
    account,
    tags: document.tags,
    resourcePolicy: resourcePolicyOf(call, account, name, qualifier),
    document,
    qualifier,
    alias,
    version,
    configuration,
  }
}

export function configurationOf(
  call: LambdaCall,
  { account, name, latest }: FunctionDocument,
  version: string,
): Configuration | undefined {
  return version === '$LATEST' ? latest : call.versions.in(account).get(idOf(name, version))?.configuration
}

/** The function itself, of the caller's own account or another's, for what concerns all its versions. */
export function findWholeFunction(call: LambdaCall, FunctionName: string): FoundFunction | Missing {
  const { account, name } = functionReference(call, FunctionName)
  return findFunction(call, functionArn(call, account, name))
}

/** The ARN of a version of a function. */
export function versionArn(arn: Arn, version: string): Arn {
  return `${arn}:${version}` as Arn // A function's ARN with a qualifier is one.
}
