import { RE2JS, RE2JSException } from 're2js'
import { BadPattern } from './pattern.ts'
import type { Scanner } from './scanner.ts'

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='
export type Holds = (value: string | number | boolean | null | undefined) => boolean

/** As much as an expression may grow when it is compiled. */
const instructionsMax = 10_000

/** Whether an expression of a user is found in a text, in time linear in it. Faults: BadPattern. */
export function search(expression: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(expression)
    if (compiled.programSize() > instructionsMax) throw new BadPattern('the regular expression is too large')
    return (text) => compiled.matcher(text).find()
  } catch (error) {
    if (error instanceof RE2JSException) throw new BadPattern(`not a regular expression: ${error.message}`)
    throw error
  }
}

/** Whether a text is what `*` stand in for anything of. Each piece is looked for once, from the left. */
function wildcard(pattern: string): (text: string) => boolean {
  const pieces = pattern.split('*')
  const [first = '', ...others] = pieces
  const last = others.pop()
  if (last === undefined) return (text) => text === pattern
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false
    let at = first.length
    for (const piece of others) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= text.length - last.length
  }
}

export function readOperator(scanner: Scanner): Operator | undefined {
  return scanner.match(/!=|<=|>=|=|<|>/y) as Operator | undefined // The expression matches nothing else.
}

const compare: Readonly<Record<Exclude<Operator, '=' | '!='>, (one: number, other: number) => boolean>> = {
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
}

/** Reads what stands behind an operator: a number, a text with wildcards, or a regular expression. `note` hears of the latter. */
export function readCondition(scanner: Scanner, operator: Operator, note: () => void): Holds {
  const expression = scanner.regularExpression()
  if (expression !== undefined) {
    note()
    if (operator !== '=' && operator !== '!=')
      throw new BadPattern(`${operator} does not go with a regular expression`)
    return equality(operator, search(expression))
  }
  const quoted = scanner.quoted()
  if (quoted !== undefined) {
    if (operator !== '=' && operator !== '!=') throw new BadPattern(`${operator} needs a number`)
    return equality(operator, wildcard(quoted))
  }
  const word = scanner.match(/[^\s()|&,\]}"%=<>!]+/y)
  if (word === undefined) throw new BadPattern('a value is missing')
  const number = Number(word)
  if (operator !== '=' && operator !== '!=') {
    if (!Number.isFinite(number)) throw new BadPattern(`${operator} needs a number, not '${word}'`)
    return (value) => {
      const given = numberOf(value)
      return given !== undefined && compare[operator](given, number)
    }
  }
  if (!Number.isFinite(number)) return equality(operator, wildcard(word))
  return equality(operator, (text) => text === word || numberOf(text) === number)
}

/** What is not there is neither equal nor unequal: NOT EXISTS asks for that. */
function equality(operator: '=' | '!=', isEqual: (text: string) => boolean): Holds {
  return (value) => value !== undefined && value !== null && isEqual(String(value)) === (operator === '=')
}

function numberOf(value: Parameters<Holds>[0]): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}
