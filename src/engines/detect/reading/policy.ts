import { accountOfArn, accountsNamed, type Condition, keepsOut, refusesOthers } from './conditions.ts'
import { value } from './values.ts'

/** A statement of a policy document, as far as it says who may do what. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny'
  /** `*`, ARNs and account ids; absent where the document is an identity's. */
  readonly principals: readonly string[]
  readonly notPrincipals: readonly string[]
  readonly federated: readonly string[]
  readonly actions: readonly string[]
  readonly notActions: readonly string[] | undefined
  readonly resources: readonly string[]
  readonly conditions: readonly Condition[]
}

/** No policy of AWS is longer. Units: UTF-16 code units. */
const documentMax = 1_048_576

/**
 * Reads a policy document, given as JSON text or as CloudTrail writes some of them: as an object. What is no statement is left out: the service
 * has checked it before.
 */
export function statementsOf(document: unknown): readonly Statement[] {
  const list = value(parsed(document), 'Statement')
  const all = Array.isArray(list) ? list : [list]
  return all.flatMap((one) => {
    const effect = value(one, 'Effect')
    return effect === 'Allow' || effect === 'Deny' ? [statementOf(one, effect)] : []
  })
}

function parsed(document: unknown): unknown {
  if (typeof document !== 'string') return document
  if (document.length > documentMax) return undefined
  try {
    return JSON.parse(document.startsWith('%7B') ? decodeURIComponent(document) : document)
  } catch {
    return undefined // It is no policy: the call was refused.
  }
}

function statementOf(one: unknown, effect: 'Allow' | 'Deny'): Statement {
  const principal = value(one, 'Principal')
  const notActions = value(one, 'NotAction')
  return {
    effect,
    principals: principal === '*' ? ['*'] : texts(value(principal, 'AWS')),
    notPrincipals: texts(value(one, 'NotPrincipal')).concat(texts(value(one, 'NotPrincipal', 'AWS'))),
    federated: texts(value(principal, 'Federated')),
    actions: texts(value(one, 'Action')),
    notActions: notActions === undefined ? undefined : texts(notActions),
    resources: texts(value(one, 'Resource')),
    conditions: conditionsOf(value(one, 'Condition')),
  }
}

function texts(from: unknown): string[] {
  const list = Array.isArray(from) ? from : [from]
  return list.filter((one) => typeof one === 'string')
}

function conditionsOf(from: unknown): readonly Condition[] {
  if (typeof from !== 'object' || from === null) return []
  return Object.entries(from).flatMap(([operator, keys]: [string, unknown]) =>
    typeof keys === 'object' && keys !== null
      ? Object.entries(keys).map(([key, values]) => ({
          ...{ operator, key: key.toLowerCase() },
          values: texts(Array.isArray(values) ? values.map(String) : String(values)),
        }))
      : [],
  )
}

/** Whom a resource's policy lets in that does not belong here. */
export interface Strangers {
  /** Everyone, and nothing narrows it. */
  readonly everyone: boolean
  /** Accounts that are not own ones. */
  readonly accounts: readonly string[]
}

/**
 * Who of a resource's policy, or of a role's trust policy, is a stranger.
 * Source: S3 User Guide, "The meaning of 'public'"; IAM User Guide, "AWS JSON policy elements: Principal".
 * Differs: canonical user ids are not looked at, since they tell no account.
 */
export function strangersIn(document: unknown, isOwn: (account: string) => boolean): Strangers {
  const statements = statementsOf(document)
  const guarded = statements.some(refusesStrangers)
  const said = statements.filter(({ effect }) => effect === 'Allow').map((one) => letIn(one, isOwn))
  const accounts = new Set(said.flatMap(({ accounts }) => accounts))
  return { everyone: !guarded && said.some(({ everyone }) => everyone), accounts: [...accounts] }
}

function letIn(statement: Statement, isOwn: (account: string) => boolean): Strangers {
  const { principals, notPrincipals, conditions } = statement
  const narrowing = conditions.filter(keepsOut)
  const open = principals.includes('*') || notPrincipals.length > 0 || trustsAnyIdentity(statement)
  const named = open ? narrowing.flatMap(accountsNamed) : principals.flatMap((one) => accountOf(one) ?? [])
  return {
    everyone: open && narrowing.length === 0,
    accounts: named.filter((account) => /^\d{12}$/.test(account) && !isOwn(account)),
  }
}

/** `Deny` to everyone but those of an organization, a network, an account. */
function refusesStrangers({ effect, principals, actions, conditions }: Statement): boolean {
  return (
    effect === 'Deny' &&
    principals.includes('*') &&
    actions.some((action) => action.endsWith('*')) &&
    conditions.some(refusesOthers)
  )
}

function accountOf(principal: string): string | undefined {
  return /^\d{12}$/.test(principal) ? principal : accountOfArn(principal)
}

/** Providers whose tokens carry the same audience for all their customers, or whichever a customer asks for. */
const ofManyCustomers = ['token.actions.githubusercontent.com', 'gitlab.com', 'app.terraform.io']

/**
 * A role for whoever has an account at a provider that everyone can have one at: only the subject tells one customer from another.
 * Source: IAM User Guide, "Configuring a role for GitHub OIDC identity provider".
 */
function trustsAnyIdentity({ federated, conditions }: Statement): boolean {
  if (federated.length === 0) return false
  const suffixes = federated.some((one) => ofManyCustomers.some((host) => one.endsWith(`/${host}`)))
    ? [':sub', ':job_workflow_ref', ':repository', ':repository_owner']
    : [':sub', ':aud', ':amr', ':oaud', ':email', ':iss']
  return (
    !federated.some((one) => one.includes(':saml-provider/')) &&
    !conditions.some(
      ({ operator, key, values }) =>
        /^(?:ForAnyValue:)?String(?:Equals|Like)/.test(operator) &&
        !operator.endsWith('IfExists') &&
        suffixes.some((suffix) => key.endsWith(suffix)) &&
        values.every((one) => !/^(?:repo:)?[*?]/.test(one)),
    )
  )
}

const everyAction: ReadonlySet<string> = new Set(['*', '*:*', 'iam:*'])

/** Of conditions these leave an administrator what he is. */
const formalKeys: ReadonlySet<string> = new Set([
  ...['aws:securetransport', 'aws:multifactorauthpresent', 'aws:multifactorauthage', 'aws:currenttime'],
])

/** Whether an identity's policy makes it an administrator: everything, or all of IAM, on every resource. */
export function givesEverything(document: unknown): boolean {
  return statementsOf(document).some(
    ({ effect, actions, notActions, resources, conditions }) =>
      effect === 'Allow' &&
      resources.some((one) => one === '*' || /^arn:[^:]*:\*/.test(one) || one === 'arn:*') &&
      (actions.some((one) => everyAction.has(one.toLowerCase())) || leavesIam(notActions)) &&
      conditions.every(({ key }) => formalKeys.has(key)),
  )
}

/** `NotAction` gives all the rest; without IAM it makes no administrator. */
function leavesIam(notActions: readonly string[] | undefined): boolean {
  return notActions !== undefined && !notActions.some((one) => /^(?:iam:)?\*/i.test(one))
}
