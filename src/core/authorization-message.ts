import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { AccountId } from './arn.ts'
import { conditionContext } from './access/condition-context.ts'
import type { Denial } from './access/denial.ts'
import { actionReference } from './access/service-reference.ts'
import type { Call } from './call.ts'
import type { Access } from './operation.ts'
import type { Seal } from './seal/index.ts'

const purpose = 'authorization-message'
/** The message says whose it is only once it is open, so the context is the same for all. */
const context = 'denial'

/** Source: STS API Reference, DecodeAuthorizationMessage: EncodedMessage has 10,240 characters at most. */
const encodedLengthMax = 10_240
/** Units: bytes. Bounds what is read of a message of ours. */
const decodedBytesMax = 65_536
/** Condition values in a message at most, so that it stays within what can be sent. */
const valuesMax = 60
/** Units: characters. */
const valueLengthMax = 128

/** Global keys that a message lists; those with a part of their own (a tag's key) follow from the call. */
const globalKeys: readonly string[] = [
  'aws:CalledVia',
  'aws:CurrentTime',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalType',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:SecureTransport',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:TagKeys',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:ViaAWSService',
  'aws:userid',
  'aws:username',
]

/** What is sealed: whose call it was, and the explanation as the owner of the account may read it. */
interface Message {
  readonly account: AccountId
  readonly explanation: string
}

/**
 * The explanation of a denial, sealed: the caller may hold it and not read it, as it tells of policies that the caller may not
 * see. Whoever may call DecodeAuthorizationMessage in the account reads it.
 * Source: STS API Reference, DecodeAuthorizationMessage.
 */
export function encodeDenial(seal: Seal, call: Call, denial: Denial): string {
  const message: Message = { account: call.account, explanation: JSON.stringify(explain(call, denial)) }
  return seal.seal(purpose, context, deflateRawSync(JSON.stringify(message)))
}

/** Opens a message; undefined when it is none of ours, was changed, or is about another account's call. */
export function decodeDenial(seal: Seal, account: AccountId, encoded: string): string | undefined {
  if (encoded.length > encodedLengthMax) return undefined
  const opened = seal.tryOpen(purpose, context, encoded)
  if (!opened) return undefined
  const text = inflateRawSync(opened, { maxOutputLength: decodedBytesMax }).toString('utf8')
  const message = JSON.parse(text) as Message // Only encodeDenial seals for this purpose.
  return message.account === account ? message.explanation : undefined
}

/**
 * Differs: a matched statement is named (policy, Sid, line and column) where AWS repeats its elements.
 */
function explain(call: Call, { access, verdict }: Denial): object {
  const because = verdict.decision === 'Deny' ? verdict.because : undefined
  const matched = because?.kind === 'explicit' ? because.statements : []
  return {
    allowed: false,
    explicitDeny: because?.kind === 'explicit',
    matchedStatements: {
      items: matched.map(({ sid = '', policy, line, column }) => ({
        statementId: sid,
        effect: 'DENY',
        policy,
        line,
        column,
      })),
    },
    failures: { items: [] },
    context: {
      principal: principalOf(call),
      action: access.action,
      resource: access.resource === '*' ? '*' : access.resource.arn,
      conditions: { items: conditions(call, access) },
    },
  }
}

function principalOf({ caller }: Call): object {
  if (caller.kind === 'service') return { id: caller.service, arn: caller.service }
  if (caller.kind === 'anonymous') return { id: '', arn: '' }
  return { id: caller.userId, ...(caller.kind === 'user' && { name: caller.userName }), arn: caller.arn }
}

function conditions(call: Call, access: Access): readonly object[] {
  const context = conditionContext(call, access)
  const keys = new Map([...globalKeys, ...ownKeys(call, access)].map((key) => [key.toLowerCase(), key]))
  const items: object[] = []
  let left = valuesMax
  for (const [lowerCaseKey, key] of keys) {
    const found = context.get(lowerCaseKey)
    const values = (typeof found === 'string' ? [found] : (found ?? [])).slice(0, left)
    if (values.length === 0) continue
    left -= values.length
    items.push({ key, values: { items: values.map((value) => ({ value: value.slice(0, valueLengthMax) })) } })
  }
  return items
}

/** The keys of the action that have values here: its own, and the tags of request, resource and principal. */
function ownKeys({ caller }: Call, access: Access): readonly string[] {
  const { action, conditions = {}, requestTags = {}, resource } = access
  const tagged = (kind: string, tags: object = {}) => Object.keys(tags).map((key) => `${kind}/${key}`)
  return [
    ...(actionReference(action)?.keys ?? []).filter((key) => !key.includes('${')),
    ...Object.keys(conditions),
    ...tagged('aws:RequestTag', requestTags),
    ...(resource === '*' ? [] : tagged('aws:ResourceTag', resource.tags)),
    ...('tags' in caller ? tagged('aws:PrincipalTag', caller.tags) : []),
  ]
}
