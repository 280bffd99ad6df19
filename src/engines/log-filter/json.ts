import { type Holds, readCondition, readOperator } from './condition.ts'
import { BadPattern, type FilterPattern } from './pattern.ts'
import { Scanner } from './scanner.ts'

type Path = readonly (string | number)[]
type Matches = (document: unknown) => boolean

const nestingMax = 50

/**
 * `{ ($.status >= 500 && $.path = "/api/*") || $.user IS NULL }`. A message that is no JSON object matches nothing.
 * Source: CloudWatch Logs User Guide, "Filter pattern syntax", Match terms in JSON log events.
 */
export function readJson(text: string): FilterPattern {
  const scanner = new Scanner(text)
  const paths = new Map<string, Path>()
  let regularExpressions = 0
  const note = (): void => void (regularExpressions += 1)

  const alternatives = (depth: number): Matches => {
    if (depth > nestingMax) throw new BadPattern('parentheses are nested too deeply')
    const all = [conjunction(depth)]
    while (scanner.take('||')) all.push(conjunction(depth))
    return all.length === 1 && all[0] ? all[0] : (document) => all.some((is) => is(document))
  }
  const conjunction = (depth: number): Matches => {
    const all = [condition(depth)]
    while (scanner.take('&&')) all.push(condition(depth))
    return (document) => all.every((is) => is(document))
  }
  const condition = (depth: number): Matches => {
    if (scanner.take('(')) {
      const inner = alternatives(depth + 1)
      scanner.require(')')
      return inner
    }
    const { path, name } = readPath(scanner)
    paths.set(name, path)
    const holds = readTest(scanner, note)
    return (document) => holds(scalar(lookUp(document, path)))
  }

  scanner.require('{')
  const matches = alternatives(0)
  scanner.require('}')
  if (!scanner.isAtEnd) throw new BadPattern('something stands behind the closing brace')
  return {
    regularExpressions,
    matches(message) {
      const document = parsed(message)
      return document !== undefined && matches(document)
    },
    extract(message) {
      const document = parsed(message)
      return Object.fromEntries(
        [...paths].flatMap(([name, path]) => {
          const value = shown(lookUp(document, path))
          return value === undefined ? [] : [[name, value]]
        }),
      )
    },
    names: (name) => pathOf(name) !== undefined,
    valueOf(message, name) {
      const path = pathOf(name)
      return path && shown(lookUp(parsed(message), path))
    },
  }
}

function readTest(scanner: Scanner, note: () => void): Holds {
  const word = scanner.match(/(?:IS\s+(?:NOT\s+)?(?:NULL|TRUE|FALSE)|(?:NOT\s+)?EXISTS)\b/iy)
  switch (word?.toUpperCase().replaceAll(/\s+/g, ' ')) {
    case undefined:
      break
    case 'IS NULL':
      return (value) => value === null
    case 'IS NOT NULL':
      return (value) => value !== null && value !== undefined
    case 'IS TRUE':
      return (value) => value === true
    case 'IS FALSE':
      return (value) => value === false
    case 'EXISTS':
      return (value) => value !== undefined
    case 'NOT EXISTS':
      return (value) => value === undefined
    default:
      throw new BadPattern(`'${word}' is not supported`)
  }
  const operator = readOperator(scanner)
  if (operator === undefined) throw new BadPattern('a comparison is missing')
  return readCondition(scanner, operator, note)
}

/** The path that a whole text is; undefined for any other. */
function pathOf(text: string): Path | undefined {
  const scanner = new Scanner(text)
  try {
    const { path } = readPath(scanner)
    return scanner.isAtEnd ? path : undefined
  } catch (error) {
    if (error instanceof BadPattern) return undefined
    throw error
  }
}

function readPath(scanner: Scanner): { readonly path: Path; readonly name: string } {
  const name = scanner.match(/\$(?:\.[\w@-]+|\.?\[(?:\d{1,6}|'[^']*'|"[^"]*")\])+/y)
  if (name === undefined) throw new BadPattern('a property selector such as $.name is missing')
  const path = [...name.matchAll(/\.([\w@-]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g)].map(
    ([, plain, index, single, double]) =>
      index === undefined ? (plain ?? single ?? double ?? '') : Number(index),
  )
  return { path, name }
}

function parsed(message: string): object | undefined {
  if (!message.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(message)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function lookUp(document: unknown, path: Path): unknown {
  let value = document
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    if (Array.isArray(value) ? typeof part !== 'number' : !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part] // An own property, or an array's item.
  }
  return value
}

/** An object or a list is there, but no value to compare. */
function scalar(value: unknown): Parameters<Holds>[0] {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value))
    return value as Parameters<Holds>[0] // Just found to be one.
  return JSON.stringify(value)
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
