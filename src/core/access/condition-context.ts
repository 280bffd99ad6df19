import type { Context } from '#engines/policy/index.ts'
import type { Call } from '../call.ts'
import type { Caller, SessionStatement, Tags } from '../caller.ts'
import type { Access } from '../operation.ts'
import { type AccountId, accountId, parseArn } from '../arn.ts'

type Value = string | readonly string[] | undefined

/** What the condition keys of one access are read from. */
interface Scene {
  readonly call: Call
  readonly access: Access
}

/**
 * The global condition keys, one row each, in lower case; a key that does not apply to the call is absent.
 * Source: IAM User Guide, "AWS global condition context keys".
 */
const globalKeys: ReadonlyMap<string, (scene: Scene) => Value> = new Map<string, (scene: Scene) => Value>([
  ['aws:calledvia', ({ call }) => some(call.calledVia)],
  ['aws:calledviafirst', ({ call }) => call.calledVia[0]],
  ['aws:calledvialast', ({ call }) => call.calledVia.at(-1)],
  ['aws:currenttime', ({ call }) => new Date(call.nowMs).toISOString()],
  ['aws:epochtime', ({ call }) => String(Math.floor(call.nowMs / 1000))],
  ['aws:federatedprovider', ({ call }) => sessionOf(call.caller)?.federatedProvider],
  ['aws:multifactorauthage', ({ call }) => multiFactorAge(call)],
  ['aws:multifactorauthpresent', ({ call }) => multiFactorPresent(call.caller)],
  ['aws:principalaccount', ({ call }) => accountOf(call.caller)],
  ['aws:principalarn', ({ call }) => principalArn(call.caller)],
  ['aws:principalisawsservice', ({ call }) => String(call.caller.kind === 'service')],
  [
    'aws:principalservicename',
    ({ call }) => (call.caller.kind === 'service' ? call.caller.service : undefined),
  ],
  ['aws:principaltype', ({ call }) => principalTypes[call.caller.kind]],
  ['aws:referer', ({ call }) => call.referer],
  ['aws:requestedregion', ({ call, access }) => access.region ?? call.region],
  ['aws:resourceaccount', ({ access }) => resourceAccount(access)],
  ['aws:securetransport', ({ call }) => String(call.secureTransport)],
  ['aws:sourceaccount', ({ call }) => (call.caller.kind === 'service' ? call.caller.account : undefined)],
  ['aws:sourcearn', ({ call }) => (call.caller.kind === 'service' ? call.caller.sourceArn : undefined)],
  ['aws:sourceidentity', ({ call }) => sessionOf(call.caller)?.sourceIdentity],
  ['aws:sourceip', ({ call }) => (call.calledVia.length > 0 ? undefined : call.sourceIp)],
  ['aws:tagkeys', ({ access }) => tagKeys(access)],
  ['aws:tokenissuetime', ({ call }) => tokenIssueTime(call.caller)],
  ['aws:useragent', ({ call }) => call.userAgent],
  ['aws:userid', ({ call }) => ('userId' in call.caller ? call.caller.userId : undefined)],
  ['aws:username', ({ call }) => (call.caller.kind === 'user' ? call.caller.userName : undefined)],
  ['aws:viaawsservice', ({ call }) => String(call.calledVia.length > 0)],
])

/** Keys whose last part names a tag, by what stands before the slash. Tag keys compare without case, as in AWS. */
const taggedKeys: ReadonlyMap<string, (scene: Scene) => Tags | undefined> = new Map<
  string,
  (scene: Scene) => Tags | undefined
>([
  ['aws:principaltag', ({ call }) => ('tags' in call.caller ? call.caller.tags : undefined)],
  ['aws:requesttag', ({ access }) => access.requestTags],
  ['aws:resourcetag', ({ access }) => (access.resource === '*' ? undefined : access.resource.tags)],
])

/** The condition keys of one access, computed when a policy asks for them. */
export function conditionContext(call: Call, access: Access): Context {
  const scene: Scene = { call, access }
  const conditions = access.conditions ?? {}
  let ownNames: ReadonlyMap<string, string> | undefined
  return {
    get(key) {
      const read = globalKeys.get(key)
      if (read) return read(scene)
      ownNames ??= byLowerCase(Object.keys(conditions))
      const name = ownNames.get(key)
      const given = name === undefined ? undefined : conditions[name]
      const own = typeof given === 'function' ? given() : given
      if (own !== undefined) return own
      const slash = key.indexOf('/')
      if (slash < 0) return undefined
      const kind = key.slice(0, slash)
      const tags = taggedKeys.get(isOwnResourceTag(kind, access) ? 'aws:resourcetag' : kind)?.(scene)
      return tags && tagValue(tags, key.slice(slash + 1))
    },
  }
}

/** `iam:ResourceTag/…` is `aws:ResourceTag/…` where IAM acts, and where another service (AssumeRole) acts on a thing of IAM's. */
function isOwnResourceTag(kind: string, { action, resource }: Access): boolean {
  if (resource === '*' || !kind.endsWith(':resourcetag')) return false
  const service = kind.slice(0, -':resourcetag'.length)
  return action.startsWith(`${service}:`) || parseArn(resource.arn)?.service === service
}

const principalTypes = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
  service: undefined,
  anonymous: 'Anonymous',
} as const satisfies Record<Caller['kind'], string | undefined>

function some(values: readonly string[]): Value {
  return values.length > 0 ? values : undefined
}

function byLowerCase(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]))
}

function tagValue(tags: Tags, lowerCaseKey: string): string | undefined {
  if (Object.hasOwn(tags, lowerCaseKey)) return tags[lowerCaseKey]
  const key = Object.keys(tags).find((candidate) => candidate.toLowerCase() === lowerCaseKey)
  return key === undefined ? undefined : tags[key]
}

function tagKeys({ requestTags, tagKeys }: Access): Value {
  if (requestTags) return some(Object.keys(requestTags))
  return tagKeys && some(tagKeys)
}

function sessionOf(caller: Caller): SessionStatement | undefined {
  return 'session' in caller ? caller.session : undefined
}

function accountOf(caller: Caller): Value {
  return 'accessKeyId' in caller ? caller.account : undefined // A service has an account that it acts for, and none that it is of.
}

/** The ARN that policies compare: a role session counts as its role. */
export function principalArn(caller: Caller): string | undefined {
  if (caller.kind === 'assumed-role') return caller.roleArn
  return 'arn' in caller ? caller.arn : undefined
}

/** Long-term credentials have no such key at all: `Bool` with `false` must not match them. */
function multiFactorPresent(caller: Caller): Value {
  const session = sessionOf(caller)
  return session && String(session.mfaAuthenticatedAtMs !== undefined)
}

function multiFactorAge({ caller, nowMs }: Call): Value {
  const atMs = sessionOf(caller)?.mfaAuthenticatedAtMs
  return atMs === undefined ? undefined : String(Math.floor((nowMs - atMs) / 1000))
}

function tokenIssueTime(caller: Caller): Value {
  const session = sessionOf(caller)
  return session && new Date(session.issuedAtMs).toISOString()
}

/** The account that owns the resource; an ARN without one (S3) and `*` give none. */
export function resourceAccount({ resource }: Access): AccountId | undefined {
  return resource === '*' ? undefined : accountId(parseArn(resource.arn)?.account ?? '')
}
