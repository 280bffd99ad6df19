import { decide, isCrossAccount, rcpsApplyTo, scpsApplyTo, type Layers } from './decide.ts'
import type { PolicySet } from './policy-set.ts'
import type { Grade } from './principals.ts'
import type { Context, Request } from './request.ts'
import type { CompiledStatement } from './statement.ts'
import type { Layer, StatementRef, Verdict } from './verdict.ts'

/** The whole trace of one decision, for policy simulation. Slower than `decide`, whose verdict it carries. */
export interface Explanation {
  readonly verdict: Verdict
  readonly crossAccount: boolean
  readonly layers: readonly LayerTrace[]
  /** Keys in lower case that conditions and variables asked for and the request did not have, sorted. */
  readonly missingContextKeys: readonly string[]
}

/** What one kind of policy said about a request, and by which of its statements. */
export interface LayerTrace {
  readonly layer: Layer
  /** For SCPs and RCPs: 0 is the organization's root, the last the account. */
  readonly level: number | undefined
  /** False where the layer has no say about this caller, such as an SCP about a service-linked role. */
  readonly applies: boolean
  readonly says: 'Allow' | 'Deny' | 'nothing'
  readonly matched: readonly MatchedStatement[]
}

/** A statement that holds for the request, whether or not it decided. */
export interface MatchedStatement {
  readonly statement: StatementRef
  readonly effect: 'Allow' | 'Deny'
  /** How closely a resource policy names the caller; absent in policies without a principal. */
  readonly grade: Grade | undefined
}

/** Decides, and says of every layer which statements matched. */
export function explain(request: Request, layers: Layers): Explanation {
  const missing = new Set<string>()
  const recorded: Request = { ...request, context: recording(request.context, missing) }
  const bounded = layers.boundary !== undefined
  const trace = (set: PolicySet, layer: Layer, level: number | undefined, applies: boolean): LayerTrace => {
    const matched = set.statements.flatMap((statement) => match(statement, recorded, bounded) ?? [])
    const says = matched.some(({ effect }) => effect === 'Deny')
      ? 'Deny'
      : matched.length > 0
        ? 'Allow'
        : 'nothing'
    return { layer, level, applies, says, matched }
  }
  const { identity, boundary, session, scps = [], rcps = [], resource } = layers
  const one = (set: PolicySet | undefined, layer: Layer): LayerTrace[] =>
    set === undefined ? [] : [trace(set, layer, undefined, true)]
  return {
    verdict: decide(request, layers),
    crossAccount: isCrossAccount(request),
    layers: [
      ...rcps.map((set, level) => trace(set, 'rcp', level, rcpsApplyTo(request.principal))),
      ...scps.map((set, level) => trace(set, 'scp', level, scpsApplyTo(request.principal))),
      ...one(resource, resource?.trust === true ? 'trust' : 'resource'),
      ...one(identity, 'identity'),
      ...one(boundary, 'boundary'),
      ...one(session, 'session'),
    ],
    missingContextKeys: [...missing].sort(),
  }
}

function match(
  statement: CompiledStatement,
  { action, resource, principal, context }: Request,
  bounded: boolean,
): MatchedStatement | undefined {
  if (!statement.matchesAction(action.toLowerCase())) return undefined
  const { effect, ref } = statement
  const grade = statement.principal?.grade(principal)
  if (statement.principal !== undefined) {
    const meant = effect === 'Deny' ? statement.principal.denies(principal, bounded) : grade !== undefined
    if (!meant) return undefined
  }
  return statement.applies(resource, context) ? { statement: ref, effect, grade } : undefined
}

function recording(context: Context, missing: Set<string>): Context {
  return {
    get(key) {
      const value = context.get(key)
      if (value === undefined || value.length === 0) missing.add(key)
      return value
    },
  }
}
