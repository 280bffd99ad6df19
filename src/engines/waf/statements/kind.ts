import type { Matches } from '../guards.ts'
import type { Inputs } from '../inputs.ts'
import type { RateRules } from '../rate-rules.ts'
import type { Read } from '../read.ts'
import type { RuleGroupSource, World } from '../request.ts'

/** What a statement finds when it is compiled. */
export interface Build {
  readonly inputs: Inputs
  readonly world: World
  readonly rates: RateRules
  /** What the labels of the web ACL or rule group begin with in which the statement stands. */
  readonly labelNamespace: string
  /** The rule it stands in, within its group if it is in one. */
  readonly rule: string
}

/** A statement that says whether a request matches. */
export interface MatchStatement {
  readonly form: 'match'
  /** Whether it may stand within another statement. */
  readonly nestable: boolean
  readonly price: (world: World) => number
  readonly compile: (build: Build) => Matches
}

/** A statement that stands for a rule group's rules. Only a web ACL's rule may consist of it. */
export interface GroupStatement {
  readonly form: 'group'
  readonly name: string
  readonly price: (world: World) => number
  readonly resolve: (world: World) => RuleGroupSource
  readonly scopeDown: MatchStatement | undefined
  /** The rules that are to count instead of what they would do. */
  readonly excluded: readonly string[]
  /** The actions that rules get instead of their own, not read yet. */
  readonly overrides: readonly { readonly Name: string; readonly ActionToUse: unknown }[]
}

/** A statement that was read and checked: its price is known, and it can be compiled. */
export type Statement = MatchStatement | GroupStatement

/**
 * A statement of the engine's own, ready-made in the rules of a managed rule group. It has no name, and JSON cannot
 * write an instance of a class: a user's rule never reaches it.
 */
export class EngineStatement implements MatchStatement {
  readonly form = 'match'
  readonly nestable = true
  readonly compile: (build: Build) => Matches

  constructor(compile: (build: Build) => Matches) {
    this.compile = compile
  }

  /** The capacity of a managed group is its vendor's figure, whatever its rules do. */
  price(): number {
    return 1
  }
}

/** How a statement of one kind is read; `inner` reads one that stands within it. */
export type ReadStatement = (body: unknown, inner: Read<MatchStatement>) => Statement

/** One kind of statement: what it consists of, what it costs, and what it comes to. */
export interface Kind<Body> {
  readonly read: (inner: Read<MatchStatement>) => Read<Body>
  readonly price: (body: Body, world: World) => number
  readonly compile: (body: Body, build: Build) => Matches
}

/** Makes a kind of statement readable. One that is not `nestable` stands in no other statement. */
export function matchKind<Body>(kind: Kind<Body>, nestable = true): ReadStatement {
  return (given, inner) => {
    const body = kind.read(inner)(given, 'STATEMENT', 'Statement')
    return {
      form: 'match',
      nestable,
      price: (world) => kind.price(body, world),
      compile: (build) => kind.compile(body, build),
    }
  }
}
