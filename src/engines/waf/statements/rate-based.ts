import { createHash } from 'node:crypto'
import { formatAddress } from '../address.ts'
import type { Matches } from '../guards.ts'
import { type Given, integer, listOf, members, oneOf, optional, type Read } from '../read.ts'
import { invalid } from '../refusal.ts'
import { clientOf, forwardedIPConfig } from './client.ts'
import { type Build, matchKind, type MatchStatement } from './kind.ts'
import { customKey, type KeyPart } from './rate-keys.ts'

/** Source: AWS WAFV2 API, RateLimit and RateBasedStatementCustomKeys. */
const limitMin = 10
const limitMax = 2_000_000_000
const customKeysMax = 5
/** Longer keys are kept as their digest, so that a client cannot make counts large. */
const keyLengthMax = 128

function shape(inner: Read<MatchStatement>): {
  Limit: Read<number>
  EvaluationWindowSec: Read<60 | 120 | 300 | 600 | undefined>
  AggregateKeyType: Read<'IP' | 'FORWARDED_IP' | 'CONSTANT' | 'CUSTOM_KEYS'>
  ScopeDownStatement: Read<MatchStatement | undefined>
  ForwardedIPConfig: Read<Given<typeof forwardedIPConfig> | undefined>
  CustomKeys: Read<readonly Given<typeof customKey>[] | undefined>
} {
  return {
    Limit: integer(limitMin, limitMax),
    EvaluationWindowSec: optional(oneOf([60, 120, 300, 600])),
    AggregateKeyType: oneOf(['IP', 'FORWARDED_IP', 'CONSTANT', 'CUSTOM_KEYS']),
    ScopeDownStatement: optional(inner),
    ForwardedIPConfig: optional(forwardedIPConfig),
    CustomKeys: optional(listOf(customKey, 0, customKeysMax)),
  }
}

type Body = { readonly [Name in keyof ReturnType<typeof shape>]: Given<ReturnType<typeof shape>[Name]> } & {
  /** What was given, to tell a change of settings by. */
  readonly settings: string
}

/** Matches requests of a kind that has come more often within the window than the limit. */
export const rateBased = matchKind<Body>(
  {
    read: (inner) => (value, field, name) => {
      const body = members(shape(inner), 'RATE_BASED_STATEMENT')(value, field, name)
      check(body)
      return { ...body, settings: createHash('sha256').update(JSON.stringify(value)).digest('base64url') }
    },
    price: ({ ScopeDownStatement, CustomKeys }, world) =>
      2 +
      (ScopeDownStatement?.price(world) ?? 0) +
      (CustomKeys ?? []).reduce((sum, key) => sum + key.price, 0),
    compile: counting,
  },
  false,
)

function check(body: Omit<Body, 'settings'>): void {
  const { AggregateKeyType, CustomKeys = [], ForwardedIPConfig, ScopeDownStatement } = body
  const kinds = CustomKeys.map(({ kind }) => kind)
  const refuse = (parameter: string, reason: string): void => {
    throw invalid('RATE_BASED_STATEMENT', parameter, reason)
  }
  if (AggregateKeyType === 'CUSTOM_KEYS' ? kinds.length === 0 : kinds.length > 0)
    refuse('CustomKeys', 'must be given with AggregateKeyType CUSTOM_KEYS and with no other')
  if (AggregateKeyType === 'CONSTANT' && ScopeDownStatement === undefined)
    refuse('ScopeDownStatement', 'is required with AggregateKeyType CONSTANT')
  const forwards = AggregateKeyType === 'FORWARDED_IP' || kinds.includes('ForwardedIP')
  if (forwards && ForwardedIPConfig === undefined)
    refuse('ForwardedIPConfig', 'is required for a forwarded address')
  if (kinds.length === 1 && (kinds[0] === 'IP' || kinds[0] === 'ForwardedIP'))
    refuse(kinds[0], 'must be combined with another custom key; use AggregateKeyType for the address alone')
}

function counting(body: Body, build: Build): Matches {
  const key = keyOf(body, build)
  const within = body.ScopeDownStatement?.compile(build)
  const { counter } = build.rates
  const { id, limit, windowSec } = build.rates.add(
    {
      rule: build.rule,
      limit: body.Limit,
      windowSec: body.EvaluationWindowSec ?? 300,
      aggregateKeyType: body.AggregateKeyType,
    },
    body.settings,
  )
  return (inspection) => {
    const inScope = within === undefined || within(inspection)
    if (inScope !== true) return inScope
    const value = key(inspection)
    if (typeof value !== 'string') return value
    return counter.count(id, value, inspection.nowMs, windowSec) > limit
  }
}

function keyOf(body: Body, build: Build): KeyPart {
  const { AggregateKeyType, ForwardedIPConfig, CustomKeys = [] } = body
  switch (AggregateKeyType) {
    case 'CONSTANT':
      return () => ''
    case 'IP':
    case 'FORWARDED_IP': {
      const client = clientOf(AggregateKeyType === 'IP' ? undefined : ForwardedIPConfig)
      return (inspection) => {
        const address = client(inspection)
        return typeof address === 'string' ? formatAddress(address) : address
      }
    }
    case 'CUSTOM_KEYS': {
      const parts = CustomKeys.map((key) => key.compile(build, ForwardedIPConfig))
      return (inspection) => {
        const values: string[] = []
        for (const part of parts) {
          const value = part(inspection)
          if (typeof value !== 'string') return value
          values.push(value)
        }
        return bounded(JSON.stringify(values))
      }
    }
  }
}

function bounded(key: string): string {
  return key.length <= keyLengthMax ? key : createHash('sha256').update(key).digest('base64url')
}
