import type { Policy } from './ast.ts'
import type { Grade } from './principals.ts'
import type { Request } from './request.ts'
import { resourceTiers, type ResourceTier } from './resource-index.ts'
import { CompiledStatement } from './statement.ts'

/** What `compile` takes: a policy and the name that explanations give it. */
export interface NamedPolicy {
  readonly name: string
  readonly policy: Policy
}

/** The statements of a set that speak about one action. */
interface Candidates {
  readonly denies: readonly ResourceTier[]
  readonly allows: readonly ResourceTier[]
}

/** What of a resource policy grants the request, and how closely it names the caller. */
export interface Grant {
  readonly statement: CompiledStatement
  readonly grade: Grade
}

/**
 * How many actions a set remembers the candidates of. AWS has some 20,000 actions; one caller uses few, and an
 * attacker who sends others only makes the set forget, never grow.
 */
const rememberedActionsMax = 512
/**
 * And in how many statements all together: so many times those that the set has, `smallSet` at least. Most statements speak about few
 * actions; where each speaks about every action, what is remembered of 512 would take a hundred times the memory of the set itself.
 */
const rememberedTimes = 16
const smallSet = 64

/** Any number of policies of one layer, compiled together. Immutable but for what it remembers; share it freely. */
export class PolicySet {
  readonly statements: readonly CompiledStatement[]
  /** Whether this is a role's trust policy, which denials name apart from other resource policies. */
  readonly trust: boolean
  readonly #candidates = new Map<string, Candidates>()
  #remembered = 0

  constructor(policies: readonly NamedPolicy[]) {
    this.trust = policies.some(({ policy }) => policy.kind === 'trust')
    this.statements = policies.flatMap(({ name, policy }) =>
      policy.statements.map((statement, index) => new CompiledStatement(name, policy, statement, index)),
    )
  }

  /** The first statement that denies the request. `bounded`: a permissions boundary is attached to the caller. */
  findDeny(
    { action, resource, principal, context }: Request,
    bounded: boolean,
  ): CompiledStatement | undefined {
    for (const tier of this.#about(action).denies) {
      for (const statement of tier.about(resource)) {
        if (statement.principal !== undefined && !statement.principal.denies(principal, bounded)) continue
        if (statement.applies(resource, context)) return statement
      }
    }
    return undefined
  }

  /** The first statement that allows the request. */
  findAllow({ action, resource, principal, context }: Request): CompiledStatement | undefined {
    for (const tier of this.#about(action).allows) {
      for (const statement of tier.about(resource)) {
        if (statement.principal !== undefined && statement.principal.grade(principal) === undefined) continue
        if (statement.applies(resource, context)) return statement
      }
    }
    return undefined
  }

  /** The allowing statement that names the caller most closely, in a resource policy. */
  findGrant({ action, resource, principal, context }: Request): Grant | undefined {
    let best: Grant | undefined
    for (const tier of this.#about(action).allows) {
      for (const statement of tier.about(resource)) {
        const grade = statement.principal?.grade(principal)
        if (grade === undefined || !closer(grade, best?.grade)) continue
        if (!statement.applies(resource, context)) continue
        best = { statement, grade }
        if (grade === 'direct') return best
      }
    }
    return best
  }

  #about(action: string): Candidates {
    return this.#candidates.get(action) ?? this.#remember(action)
  }

  #remember(action: string): Candidates {
    const lower = action.toLowerCase()
    const matching = this.statements.filter((statement) => statement.matchesAction(lower))
    const candidates = {
      denies: resourceTiers(matching.filter(({ effect }) => effect === 'Deny')),
      allows: resourceTiers(matching.filter(({ effect }) => effect === 'Allow')),
    }
    this.#remembered += matching.length
    const rememberedMax = rememberedTimes * Math.max(this.statements.length, smallSet)
    if (this.#candidates.size >= rememberedActionsMax || this.#remembered > rememberedMax) {
      this.#candidates.clear()
      this.#remembered = matching.length
    }
    this.#candidates.set(action, candidates)
    return candidates
  }
}

const closeness = { account: 1, entity: 2, direct: 3 } satisfies Record<Grade, number>

function closer(grade: Grade, than: Grade | undefined): boolean {
  return than === undefined || closeness[grade] > closeness[than]
}

/** Compiles policies once, for any number of decisions. A statement that cannot be understood denies and never allows. */
export function compile(policies: readonly NamedPolicy[]): PolicySet {
  return new PolicySet(policies)
}
