import { type AccountId, accountId, type Arn, arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import { faults } from './faults.ts'

type Where = Pick<Call, 'partition' | 'region' | 'account'>

/** What a caller names a function by, taken apart. */
export interface FunctionReference {
  readonly account: AccountId
  readonly name: string
  /** A version's number or an alias; absent for $LATEST. */
  readonly qualifier: string | undefined
}

const form =
  /^(?:arn:([\w-]+):lambda:([\w-]+):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9_-]{1,64})(?::(\$LATEST|[a-zA-Z0-9_-]+))?$/

/**
 * A function's name, `name:qualifier`, a partial ARN or a whole one.
 * Source: Lambda API Reference, Invoke, "FunctionName", name formats.
 */
export function functionReference(call: Where, text: string, Qualifier?: string): FunctionReference {
  const [, partition, region, account, name, named] = form.exec(text) ?? []
  if (name === undefined) throw faults.invalid(`'${text}' is no name or ARN of a function`)
  if (partition !== undefined && partition !== call.partition) throw faults.functionNotFound(text)
  if (region !== undefined && region !== call.region)
    throw faults.notFound(`Functions from '${region}' are not reachable in this region ('${call.region}')`)
  const asked = Qualifier === '' ? undefined : Qualifier
  if (named !== undefined && asked !== undefined && named !== asked)
    throw faults.invalid(
      'The derived qualifier from the function name does not match the specified qualifier.',
    )
  const qualifier = asked ?? named
  return {
    account: (account === undefined ? undefined : accountId(account)) ?? call.account,
    name,
    qualifier: qualifier === '$LATEST' ? undefined : qualifier,
  }
}

/** Whether a caller names $LATEST itself, which is otherwise what is meant without a qualifier. */
export function namesLatest(FunctionName: string, Qualifier: string | undefined): boolean {
  return Qualifier === '$LATEST' || FunctionName.endsWith(':$LATEST')
}

/** Source: AWS service reference, lambda. */
export function functionArn(
  { partition, region }: Pick<Where, 'partition' | 'region'>,
  account: AccountId,
  name: string,
  qualifier?: string,
): Arn {
  const resource = `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`
  return arn({ partition, region, account, service: 'lambda', resource })
}

/** The id of what hangs on a function or on a qualifier of it. */
export function idOf(name: string, qualifier: string | undefined): string {
  return qualifier === undefined ? name : `${name}:${qualifier}`
}

export function isVersionNumber(qualifier: string): boolean {
  return /^\d+$/.test(qualifier)
}
