/** Random policies and calls, made so that they meet: few names, many near misses, every layer and caller. */
import type { Principal } from '#engines/policy/index.ts'
import type { Call, Caller, Document, Given, PrincipalElement, Statement } from './model.ts'

export type Random = () => number

/** Mulberry32: small, seeded, good enough to pick from lists. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const here = '111111111111'
const there = '222222222222'

/** Each caller as the engine and as the model know it. */
export const callers: readonly { readonly engine: Principal; readonly model: Caller }[] = [
  here,
  there,
].flatMap((account) => [
  {
    engine: { kind: 'root', arn: `arn:aws:iam::${account}:root`, account } as const,
    model: {
      kind: 'root',
      account,
      self: [`arn:aws:iam::${account}:root`],
      entity: [],
      actsAsRoot: true,
    } as const,
  },
  ...['ann', 'bob'].map((name) => {
    const arn = `arn:aws:iam::${account}:user/${name}`
    const uniqueId = `AIDA${name.toUpperCase()}00000000${account.charAt(0)}`
    return {
      engine: { kind: 'user', arn, account, uniqueId } as const,
      model: { kind: 'user', account, self: [arn, uniqueId], entity: [] } as const,
    }
  }),
  ...[false, true].map((serviceLinked) => {
    const role = serviceLinked ? 'linked' : 'ops'
    const arn = `arn:aws:sts::${account}:assumed-role/${role}/s1`
    const roleArn = `arn:aws:iam::${account}:role/${role}`
    const roleUniqueId = `AROA${role.toUpperCase()}00000000${account.charAt(0)}`
    return {
      engine: { kind: 'role', arn, roleArn, account, roleUniqueId, serviceLinked } as const,
      model: { kind: 'role', account, self: [arn], entity: [roleArn, roleUniqueId], serviceLinked } as const,
    }
  }),
  ...['user/ann', 'root'].map((user) => {
    const arn = `arn:aws:sts::${account}:federated-user/${user === 'root' ? 'chief' : 'guest'}`
    const userArn = `arn:aws:iam::${account}:${user}`
    return {
      engine: { kind: 'federated-user', arn, userArn, account } as const,
      model:
        user === 'root'
          ? ({ kind: 'federated-user', account, self: [arn], entity: [], actsAsRoot: true } as const)
          : ({ kind: 'federated-user', account, self: [arn], entity: [userArn] } as const),
    }
  }),
])
const strangers: typeof callers = [
  {
    engine: { kind: 'service', service: 'lambda.amazonaws.com' },
    model: { kind: 'service', self: ['lambda.amazonaws.com'], entity: [] },
  },
  {
    engine: { kind: 'federated', provider: `arn:aws:iam::${here}:saml-provider/idp` },
    model: { kind: 'federated', self: [`arn:aws:iam::${here}:saml-provider/idp`], entity: [] },
  },
  { engine: { kind: 'anonymous' }, model: { kind: 'anonymous', self: [], entity: [] } },
]

const actions = ['s3:GetObject', 'S3:putobject', 'iam:GetUser', 'kms:Decrypt', 'sts:AssumeRole']
const actionPatterns = [
  '*',
  's3:*',
  's3:Get*',
  's3:?etObject',
  's3:*Obj*',
  'S3:GETOBJECT',
  'iam:GetUser',
  'kms:Decrypt',
  'sts:*',
]
const resources = [
  '*',
  'arn:aws:s3:::b/ann/x',
  'arn:aws:s3:::b/bob/y',
  'arn:aws:s3:::b/*',
  `arn:aws:iam::${here}:user/ann`,
]
const resourcePatterns = [
  '*',
  'arn:aws:s3',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b/ann/?',
  'arn:aws:s3:::*/y',
  'arn:aws:s3:::b/bob/y',
  'arn:*:s3:::b/*n*/x',
  'arn:aws:s3:::b/${aws:username}/*',
  "arn:aws:s3:::b/${aws:username, 'ann'}/x",
  'arn:aws:s3:::b/${*}',
  'arn:aws:s3:::b/${aws:PrincipalTag/team}',
  `arn:aws:iam::${here}:user/*`,
  'arn:aws:iam::${aws:PrincipalAccount}:user/ann',
]
const texts = [
  'ann',
  'bob',
  'Ann',
  'a*',
  '*',
  '${aws:username}',
  "${aws:PrincipalTag/team, 'bob'}",
  '${*}',
  '?nn',
  'b${?}b',
  '',
]
const arns = [
  'arn:aws:iam::*:user/*',
  `arn:aws:iam::${here}:user/ann`,
  'arn:aws:*:user/ann',
  '*',
  '${aws:PrincipalArn}',
  'arn:aws:iam::111111111111:user/${aws:username}',
]
const numbers = ['1', '2', '2.0', '10', '-1']
const dates = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '1767225600',
  '2027-06-30',
  '2025-12-31T23:59:59.5Z',
]
const ranges = ['10.0.0.0/8', '10.1.2.3', '10.1.2.0/30', '2001:db8::/32', '2001:db8::1', '0.0.0.0/0']

/** Operators by what they compare, with the keys and the values that go with them. */
const comparisons = [
  {
    operators: [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    keys: ['aws:username', 'AWS:PrincipalTag/Team', 'aws:TagKeys', 'x:absent'],
    values: texts,
  },
  {
    operators: [
      'NumericEquals',
      'NumericNotEquals',
      'NumericLessThan',
      'NumericLessThanEquals',
      'NumericGreaterThan',
      'NumericGreaterThanEquals',
    ],
    keys: ['s3:max-keys', 'x:absent'],
    values: numbers,
  },
  {
    operators: [
      'DateEquals',
      'DateNotEquals',
      'DateLessThan',
      'DateLessThanEquals',
      'DateGreaterThan',
      'DateGreaterThanEquals',
    ],
    keys: ['aws:CurrentTime', 'x:absent'],
    values: dates,
  },
  {
    operators: ['Bool'],
    keys: ['aws:SecureTransport', 'aws:MultiFactorAuthPresent'],
    values: ['true', 'false'],
  },
  { operators: ['BinaryEquals'], keys: ['x:bytes', 'x:absent'], values: ['AQID', 'AQIE'] },
  { operators: ['IpAddress', 'NotIpAddress'], keys: ['aws:SourceIp', 'x:absent'], values: ranges },
  {
    operators: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
    keys: ['aws:PrincipalArn', 'aws:SourceArn'],
    values: arns,
  },
  { operators: ['Null'], keys: ['aws:username', 'aws:TagKeys', 'x:absent'], values: ['true', 'false'] },
] as const

export const operatorsGenerated: readonly string[] = comparisons.flatMap(({ operators }) => operators)

/** One random world: the layers around one resource. `trust`: the resource is a role, its policy a trust policy. */
export interface World {
  readonly given: Given
  readonly trust: boolean
}

export class Generator {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  world(): World {
    const trust = this.#chance(0.15)
    const resource =
      trust || this.#chance(0.6) ? { resource: [this.#document(trust ? 'trust' : 'resource')] } : {}
    const given: Given = {
      ...(this.#chance(0.9)
        ? { identity: this.#some(this.#chance(0.1) ? 16 : 2, () => this.#document('identity')) }
        : {}),
      ...(this.#chance(0.3) ? { boundary: [this.#document('identity')] } : {}),
      ...(this.#chance(0.4) ? { session: [this.#document('identity')] } : {}),
      ...(this.#chance(0.3) ? { scps: this.#some(3, () => [this.#document('scp')]) } : {}),
      ...(this.#chance(0.3) ? { rcps: this.#some(2, () => [this.#document('rcp')]) } : {}),
      ...resource,
      resourcePolicyRequired: trust || this.#chance(0.15),
    }
    return { given, trust }
  }

  call(trust: boolean): { readonly caller: (typeof callers)[number]; readonly call: Call } {
    const caller = this.#pick(this.#chance(0.1) ? strangers : callers)
    const [, name] = /user\/(\w+)$/.exec(caller.model.self[0] ?? '') ?? []
    const call: Call = {
      caller: caller.model,
      action: trust ? 'sts:AssumeRole' : this.#pick(actions),
      resource: this.#pick(resources),
      resourceAccount: this.#chance(0.7) ? (caller.model.account ?? here) : here,
      context: this.#context(caller.model, name),
    }
    return { caller, call }
  }

  #context({ account, self }: Caller, username: string | undefined): Call['context'] {
    const maybe = (chance: number, key: string, value: () => string | readonly string[]): Call['context'] =>
      this.#chance(chance) ? { [key]: value() } : {}
    return {
      ...(username === undefined ? {} : { 'aws:username': username }),
      ...(account === undefined
        ? {}
        : { 'aws:principalaccount': account, 'aws:principalarn': self[0] ?? '' }),
      ...maybe(0.5, 'aws:principaltag/team', () => this.#pick(['ann', 'bob', '*', 'a*', '', 'Ann'])),
      ...maybe(0.6, 'aws:tagkeys', () =>
        this.#some(3, () => this.#pick(['ann', 'bob', 'Ann'])).slice(this.#chance(0.1) ? 9 : 0),
      ),
      ...maybe(0.7, 's3:max-keys', () => this.#pick([...numbers, 'many'])),
      ...maybe(0.8, 'aws:currenttime', () => this.#pick(dates)),
      ...maybe(0.8, 'aws:securetransport', () => this.#pick(['true', 'false', 'TRUE'])),
      ...maybe(0.3, 'aws:multifactorauthpresent', () => this.#pick(['true', 'false'])),
      ...maybe(0.5, 'x:bytes', () => 'AQID'),
      ...maybe(0.8, 'aws:sourceip', () =>
        this.#pick(['10.1.2.3', '10.1.2.4', '192.0.2.1', '2001:db8::1', '2001:db9::1']),
      ),
      ...maybe(0.3, 'aws:sourcearn', () =>
        this.#pick([`arn:aws:iam::${here}:user/ann`, 'arn:aws:s3:us-1:x/user/ann:y', 'no-arn']),
      ),
    }
  }

  #document(kind: 'identity' | 'resource' | 'trust' | 'scp' | 'rcp'): Document {
    // A document that allows everything now and then, or no call would get past the first layers.
    const open = kind === 'trust' ? 0.3 : kind === 'resource' ? 0.1 : 0.45
    const statements = this.#some(3, () => this.#statement(kind))
    if (kind === 'rcp' || this.#chance(open)) statements.push(fullAccess(kind))
    return this.#chance(0.85) ? { Version: '2012-10-17', Statement: statements } : { Statement: statements }
  }

  #statement(kind: 'identity' | 'resource' | 'trust' | 'scp' | 'rcp'): Statement {
    const Effect = kind === 'rcp' || this.#chance(0.2) ? 'Deny' : 'Allow'
    const condition = this.#chance(0.5) ? { Condition: this.#conditions() } : {}
    const named = actionPatterns.filter((pattern) => pattern !== '*')
    const acts =
      kind === 'trust'
        ? { Action: this.#pick(['sts:AssumeRole', 'sts:*', 'sts:TagSession']) }
        : kind === 'rcp'
          ? { Action: this.#pick(named) }
          : { [this.#chance(0.15) ? 'NotAction' : 'Action']: this.#some(3, () => this.#pick(actionPatterns)) }
    const touches =
      kind === 'trust' || (kind === 'resource' && this.#chance(0.2))
        ? {}
        : {
            [this.#chance(0.15) ? 'NotResource' : 'Resource']: this.#some(3, () =>
              this.#pick(resourcePatterns),
            ),
          }
    return { Effect, ...this.#who(kind, Effect), ...acts, ...touches, ...condition }
  }

  #who(kind: string, effect: 'Allow' | 'Deny'): Pick<Statement, 'Principal' | 'NotPrincipal'> {
    if (kind === 'rcp') return { Principal: '*' }
    if (kind !== 'resource' && kind !== 'trust') return {}
    const element = this.#principal()
    return effect === 'Deny' && this.#chance(0.4) ? { NotPrincipal: element } : { Principal: element }
  }

  #principal(): PrincipalElement {
    if (this.#chance(0.15)) return '*'
    if (this.#chance(0.1)) return { Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] }
    if (this.#chance(0.1)) return { Federated: `arn:aws:iam::${here}:saml-provider/idp` }
    const { model } = this.#pick(callers)
    const account = this.#pick([`arn:aws:iam::${model.account}:root`, model.account ?? there])
    const names = [...model.self, ...model.entity, account].filter(() => this.#chance(0.6))
    return { AWS: this.#chance(0.1) ? '*' : names.length > 0 ? names : account }
  }

  #conditions(): NonNullable<Statement['Condition']> {
    const blocks = this.#some(2, () => {
      const { operators, keys, values } = this.#pick(comparisons)
      const operator = this.#pick<string>(operators)
      const bare = operator === 'Null'
      const set = bare || !this.#chance(0.3) ? '' : this.#pick(['ForAllValues:', 'ForAnyValue:'])
      const name = `${set}${operator}${!bare && this.#chance(0.25) ? 'IfExists' : ''}`
      return [name, { [this.#pick<string>(keys)]: this.#some(3, () => this.#pick<string>(values)) }] as const
    })
    return Object.fromEntries(blocks)
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + Math.floor(this.#random() * most) }, make)
  }

  #pick<T>(from: readonly T[]): T {
    // The index is below the length, so an item is there; the lists are never empty.
    return from[Math.floor(this.#random() * from.length)] as T
  }

  #chance(probability: number): boolean {
    return this.#random() < probability
  }
}

function fullAccess(kind: string): Statement {
  if (kind === 'trust')
    return { Effect: 'Allow', Principal: { AWS: [here, there] }, Action: 'sts:AssumeRole' }
  const all: Statement = { Effect: 'Allow', Action: '*', Resource: '*' }
  return kind === 'rcp' || kind === 'resource' ? { ...all, Principal: '*' } : all
}
