import { functions, periodOf } from './functions.ts'
import type { Lexer } from './lexer.ts'
import { regular } from './regex.ts'
import { BadQuery, compare, isTrue, numberOf, type Row, textOf, type Value } from './value.ts'

/** An expression, compiled: what it comes to for a row. */
export type Evaluate = (row: Row) => Value

const nestingMax = 100

/** Reads an expression. Faults: BadQuery. */
export function readExpression(lexer: Lexer, depth = 0): Evaluate {
  if (depth > nestingMax) throw new BadQuery('the expression is nested too deeply')
  let left = readAnd(lexer, depth)
  while (lexer.word('or')) {
    const [one, other] = [left, readAnd(lexer, depth)]
    left = (row) => isTrue(one(row)) || isTrue(other(row))
  }
  return left
}

function readAnd(lexer: Lexer, depth: number): Evaluate {
  let left = readNot(lexer, depth)
  while (lexer.word('and')) {
    const [one, other] = [left, readNot(lexer, depth)]
    left = (row) => isTrue(one(row)) && isTrue(other(row))
  }
  return left
}

function readNot(lexer: Lexer, depth: number): Evaluate {
  if (!lexer.word('not')) return readComparison(lexer, depth)
  if (depth > nestingMax) throw new BadQuery('the expression is nested too deeply')
  const negated = readNot(lexer, depth + 1)
  return (row) => !isTrue(negated(row))
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

function readComparison(lexer: Lexer, depth: number): Evaluate {
  const left = readSum(lexer, depth)
  if (lexer.take('=~')) return readLike(lexer, left)
  const isNegated = lexer.word('not')
  const negate = (is: Evaluate): Evaluate => (isNegated ? (row) => !isTrue(is(row)) : is)
  if (lexer.word('like')) return negate(readLike(lexer, left))
  if (lexer.word('in')) return negate(readIn(lexer, left, depth))
  if (isNegated) throw lexer.unexpected("'like' or 'in'")
  const operator = lexer.match(/==|!=|<=|>=|=|<|>/y)
  const holds = operator === undefined ? undefined : comparisons[operator]
  if (!holds) return left
  const right = readSum(lexer, depth)
  return (row) => {
    const [one, other] = [left(row), right(row)]
    // What is not there is equal to nothing, and unequal to everything.
    if (one === null || other === null) return operator === '!=' && one !== other
    return holds(compare(one, other))
  }
}

function readLike(lexer: Lexer, left: Evaluate): Evaluate {
  const expression = lexer.expression()
  if (expression !== undefined) {
    const compiled = regular(expression)
    return (row) => {
      const text = textOf(left(row))
      return text !== null && compiled.matcher(text).find()
    }
  }
  const part = lexer.quoted()
  if (part === undefined) throw lexer.unexpected('a text or a regular expression')
  return (row) => textOf(left(row))?.includes(part) ?? false
}

function readIn(lexer: Lexer, left: Evaluate, depth: number): Evaluate {
  lexer.require('[')
  const all: Evaluate[] = []
  if (!lexer.take(']')) {
    do all.push(readExpression(lexer, depth + 1))
    while (lexer.take(','))
    lexer.require(']')
  }
  return (row) => {
    const value = left(row)
    return value !== null && all.some((one) => compare(one(row), value) === 0)
  }
}

const arithmetic: Readonly<Record<string, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '%': (one, other) => one % other,
  '^': (one, other) => one ** other,
}

function binary(lexer: Lexer, signs: RegExp, read: () => Evaluate): Evaluate {
  let left = read()
  for (;;) {
    const apply = arithmetic[lexer.match(signs) ?? '']
    if (!apply) return left
    const [one, other] = [left, read()]
    left = (row) => {
      const [a, b] = [numberOf(one(row)), numberOf(other(row))]
      return a === null || b === null ? null : numberOf(apply(a, b))
    }
  }
}

function readSum(lexer: Lexer, depth: number): Evaluate {
  return binary(lexer, /[+-]/y, () =>
    binary(lexer, /[*/%]/y, () => binary(lexer, /\^/y, () => readPrimary(lexer, depth))),
  )
}

function readPrimary(lexer: Lexer, depth: number): Evaluate {
  if (lexer.take('(')) {
    const inner = readExpression(lexer, depth + 1)
    lexer.require(')')
    return inner
  }
  const text = lexer.quoted()
  if (text !== undefined) return () => text
  const number = lexer.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)/y)
  if (number !== undefined) {
    const value = Number(number)
    return () => value
  }
  const name = lexer.field()
  if (name === undefined) throw lexer.unexpected('a value')
  if (lexer.take('(')) return readCall(lexer, name, depth)
  if (/^(?:true|false)$/i.test(name)) return () => name.toLowerCase() === 'true'
  return (row) => row.get(name)
}

function readCall(lexer: Lexer, name: string, depth: number): Evaluate {
  const known = name.toLowerCase()
  if (known === 'bin') return readFloor(lexer, (row) => row.get('@timestamp'), Math.floor)
  if (known === 'datefloor' || known === 'dateceil') {
    const instant = readExpression(lexer, depth + 1)
    lexer.require(',')
    return readFloor(lexer, instant, known === 'datefloor' ? Math.floor : Math.ceil)
  }
  const definition = functions.get(known)
  if (!definition) throw new BadQuery(`the function ${name} is not known`)
  const given: Evaluate[] = []
  if (!lexer.take(')')) {
    do given.push(readExpression(lexer, depth + 1))
    while (lexer.take(','))
    lexer.require(')')
  }
  const [least, most] = definition.arguments
  if (given.length < least || given.length > most)
    throw new BadQuery(`the function ${name} does not take ${given.length} arguments`)
  return (row) => definition.apply(...given.map((one) => one(row)))
}

function readFloor(lexer: Lexer, instant: Evaluate, round: (value: number) => number): Evaluate {
  const text = lexer.match(/\d+\s*[a-z]+/iy)
  if (text === undefined) throw lexer.unexpected('a period such as 5m')
  const period = periodOf(text)
  lexer.require(')')
  return (row) => {
    const value = numberOf(instant(row))
    return value === null ? null : round(value / period) * period
  }
}
