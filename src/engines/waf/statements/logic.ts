import { type Guard, guarded, type Matches } from '../guards.ts'
import { listOf, members } from '../read.ts'
import { matchKind } from './kind.ts'

/** The facts of what is nested lie in its size alone. Source: our own bound; AWS's is the capacity. */
const partsMax = 1000

/**
 * Whether all hold: one that does not settles it; without one, a part that does not apply leaves it open.
 * Three answers, because where AWS says that a rule does not apply to a request (a forwarded address that is not
 * there), neither may its negation.
 */
function allOf(parts: readonly Matches[]): Matches {
  const all: Matches = (inspection) => {
    let result: boolean | undefined = true
    for (const matches of parts) {
      const part = matches(inspection)
      if (part === false) return false
      if (part === undefined) result = undefined
    }
    return result
  }
  // The first part is always asked; where it does not hold, none after it is.
  const guards = guardsWithin(parts[0])
  return guards === undefined ? all : guarded(all, guards)
}

/** The guards of a part that stand for it wherever it stands. */
function guardsWithin(part: Matches | undefined): readonly Guard[] | undefined {
  const guards = part?.guards
  return guards?.some(({ alone }) => alone === true) === true ? undefined : guards
}

/** Whether any holds: one that does settles it; without one, a part that does not apply leaves it open. */
export function anyOf(parts: readonly Matches[]): Matches {
  const any: Matches = (inspection) => {
    let result: boolean | undefined = false
    for (const matches of parts) {
      const part = matches(inspection)
      if (part === true) return true
      if (part === undefined) result = undefined
    }
    return result
  }
  const guards: Guard[] = []
  for (const part of parts) {
    const own = guardsWithin(part)
    if (own === undefined) return any
    guards.push(...own)
  }
  return guarded(any, guards)
}

function negation(matches: Matches): Matches {
  return (inspection) => {
    const result = matches(inspection)
    return result === undefined ? undefined : !result
  }
}

/** All of the statements match. */
export const and = matchKind({
  read: (inner) => members({ Statements: listOf(inner, 2, partsMax) }, 'AND_STATEMENT'),
  price: ({ Statements }, world) => Statements.reduce((sum, part) => sum + part.price(world), 0),
  compile: ({ Statements }, build) => allOf(Statements.map((part) => part.compile(build))),
})

/** Any of the statements matches. */
export const or = matchKind({
  read: (inner) => members({ Statements: listOf(inner, 2, partsMax) }, 'OR_STATEMENT'),
  price: ({ Statements }, world) => Statements.reduce((sum, part) => sum + part.price(world), 0),
  compile: ({ Statements }, build) => anyOf(Statements.map((part) => part.compile(build))),
})

/** The statement does not match. */
export const not = matchKind({
  read: (inner) => members({ Statement: inner }, 'NOT_STATEMENT'),
  price: ({ Statement }, world) => Statement.price(world),
  compile: ({ Statement }, build) => negation(Statement.compile(build)),
})
