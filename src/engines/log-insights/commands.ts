import { aggregates } from './aggregates.ts'
import { type Evaluate, readExpression } from './expression.ts'
import type { Lexer } from './lexer.ts'
import type { Memory } from './memory.ts'
import { regular } from './regex.ts'
import {
  dedupStage,
  fieldsStage,
  filterStage,
  limitStage,
  parseStage,
  sortStage,
  type Stage,
  statsStage,
} from './stages.ts'
import { BadQuery, type Value } from './value.ts'

/** A command, with what it changes of the columns that are shown. */
export interface Command {
  readonly kind: 'fields' | 'display' | 'filter' | 'parse' | 'stats' | 'sort' | 'limit' | 'dedup'
  /** `keep`: how many rows whatever comes behind it can want at most. */
  readonly stage: (keep: number) => Stage
  readonly columns?: readonly string[]
  readonly limit?: number
  /** Of fields that show times. */
  readonly times?: readonly string[]
}

/** Source: CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax". */
export function readCommand(lexer: Lexer, rowsMax: number): Command {
  if (lexer.word('fields')) return readFields(lexer, 'fields')
  if (lexer.word('display')) return readFields(lexer, 'display')
  if (lexer.word('filter')) return { kind: 'filter', stage: always(filterStage(readExpression(lexer))) }
  if (lexer.word('parse')) return readParse(lexer)
  if (lexer.word('stats')) return readStats(lexer)
  if (lexer.word('sort')) return readSort(lexer)
  if (lexer.word('limit') || lexer.word('head')) return readLimit(lexer, rowsMax)
  if (lexer.word('dedup'))
    return { kind: 'dedup', stage: always(dedupStage(list(lexer, () => readExpression(lexer)))) }
  throw lexer.unexpected('fields, display, filter, parse, stats, sort, limit or dedup')
}

function always(stage: Stage): Command['stage'] {
  return () => stage
}

function list<Item>(lexer: Lexer, read: () => Item): readonly Item[] {
  const items = [read()]
  while (lexer.take(',')) items.push(read())
  return items
}

/** An expression with the name that it is shown under: its own text where no other is given. */
function readNamed(lexer: Lexer): { readonly name: string; readonly of: Evaluate; readonly isTime: boolean } {
  const begin = lexer.at
  const of = readExpression(lexer)
  const text = lexer.since(begin)
  const isTime = /^(?:bin|datefloor|dateceil|fromMillis)\s*\(/i.test(text)
  return { name: lexer.word('as') ? requireField(lexer) : text.replaceAll('`', ''), of, isTime }
}

function requireField(lexer: Lexer): string {
  const name = lexer.field()
  if (name === undefined) throw lexer.unexpected('a name')
  return name
}

function readFields(lexer: Lexer, kind: 'fields' | 'display'): Command {
  const named = list(lexer, () => readNamed(lexer))
  const columns = named.map(({ name }) => name)
  const times = named.filter(({ isTime }) => isTime).map(({ name }) => name)
  return { kind, stage: always(fieldsStage(named.map(({ name, of }) => [name, of]))), columns, times }
}

function readParse(lexer: Lexer): Command {
  const begin = lexer.at
  let of: Evaluate = (row) => row.get('@message')
  let [expression, glob] = [lexer.expression(), lexer.quoted()]
  if (expression === undefined && glob === undefined) {
    lexer.back(begin)
    const field = requireField(lexer)
    of = (row) => row.get(field)
    ;[expression, glob] = [lexer.expression(), lexer.quoted()]
  }
  const names = lexer.word('as') ? list(lexer, () => requireField(lexer)) : []
  if (glob !== undefined) {
    const pieces = glob.split('*')
    if (pieces.length - 1 !== names.length || names.length === 0)
      throw new BadQuery(`parse has ${pieces.length - 1} wildcards and ${names.length} names`)
    return {
      kind: 'parse',
      stage: always(parseStage(of, (text) => parsedByGlob(text, pieces, names))),
      columns: names,
    }
  }
  if (expression === undefined) throw lexer.unexpected('a text or a regular expression')
  const compiled = regular(expression)
  const groups = [...expression.matchAll(/\(\?P?<([A-Za-z_]\w*)>/g)].map(([, name = '']) => name)
  const columns = groups.length > 0 ? groups : names
  if (columns.length === 0) throw new BadQuery('the regular expression of parse names no groups')
  if (groups.length === 0 && compiled.groupCount() !== names.length)
    throw new BadQuery(`parse has ${compiled.groupCount()} groups and ${names.length} names`)
  const stage = parseStage(of, (text) => {
    const matcher = compiled.matcher(text)
    if (!matcher.find()) return undefined
    return new Map<string, Value>(
      columns.map((name, index) => [name, matcher.group(groups.length > 0 ? name : index + 1) ?? null]),
    )
  })
  return { kind: 'parse', stage: always(stage), columns }
}

function parsedByGlob(
  text: string,
  [first = '', ...others]: readonly string[],
  names: readonly string[],
): ReadonlyMap<string, Value> | undefined {
  const begin = text.indexOf(first)
  if (begin < 0) return undefined
  const found = new Map<string, Value>()
  let at = begin + first.length
  for (const [index, piece] of others.entries()) {
    const end = piece === '' && index === others.length - 1 ? text.length : text.indexOf(piece, at)
    if (end < 0) return undefined
    found.set(names[index] ?? '', text.slice(at, end))
    at = end + piece.length
  }
  return found
}

function readStats(lexer: Lexer): Command {
  const made = list(lexer, () => {
    const begin = lexer.at
    const known = requireField(lexer)
    const make = aggregates.get(known.toLowerCase())
    if (!make) throw new BadQuery(`${known} is no function of stats`)
    lexer.require('(')
    let [of, percent]: [Evaluate | undefined, number] = [undefined, 50]
    if (!lexer.take('*') && !lexer.take(')')) {
      of = readExpression(lexer)
      if (known.toLowerCase() === 'pct') {
        lexer.require(',')
        percent = Number(lexer.match(/\d+(?:\.\d+)?/y) ?? Number.NaN)
        if (!(percent >= 0 && percent <= 100)) throw lexer.unexpected('a percentage')
      }
      lexer.require(')')
    } else if (known.toLowerCase() !== 'count') throw lexer.unexpected('a field')
    else lexer.take(')')
    const text = lexer.since(begin)
    const name = lexer.word('as') ? requireField(lexer) : text
    return { name, make: (memory: Memory) => make(of, percent, memory) }
  })
  const by = lexer.word('by') ? list(lexer, () => readNamed(lexer)) : []
  const times = by.filter(({ isTime }) => isTime).map(({ name }) => name)
  const columns = [...by, ...made].map(({ name }) => name)
  return { kind: 'stats', stage: always(statsStage(made, by)), columns, times }
}

function readSort(lexer: Lexer): Command {
  const by = list(lexer, () => {
    const { name, of } = readNamed(lexer)
    const descending = lexer.word('desc')
    if (!descending) lexer.word('asc')
    // `sort count(*)` means the column of that name.
    return {
      of: /\(/.test(name) ? (row: Parameters<Evaluate>[0]) => row.get(name) ?? of(row) : of,
      descending,
    }
  })
  return { kind: 'sort', stage: (keep) => sortStage(by, keep) }
}

function readLimit(lexer: Lexer, rowsMax: number): Command {
  const limit = Number(lexer.match(/\d{1,6}/y) ?? Number.NaN)
  if (!(limit >= 1 && limit <= rowsMax)) throw new BadQuery(`a limit is between 1 and ${rowsMax}`)
  return { kind: 'limit', stage: always(limitStage(limit)), limit }
}
