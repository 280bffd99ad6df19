import { readCommand } from './commands.ts'
import { Lexer } from './lexer.ts'
import { Memory, sizeOfAll } from './memory.ts'
import { limitStage, type Sink } from './stages.ts'
import { BadQuery, type Row, type Value } from './value.ts'

export { type Row, TooMuch, type Value } from './value.ts'

/** A query of CloudWatch Logs Insights, compiled. */
export interface InsightsQuery {
  /** The columns of a result, in order. */
  readonly columns: readonly string[]
  /** Those of them that are times, in milliseconds since 1970. */
  readonly times: ReadonlySet<string>
  /** Whether rows are events still, and not what `stats` made of them. */
  readonly showsEvents: boolean
  /** Begins a run: rows go in from the latest to the earliest, until `push` says that no more is wanted. */
  readonly start: () => {
    readonly push: (row: Row) => boolean
    readonly end: () => { readonly rows: readonly (readonly Value[])[]; readonly matched: number }
  }
}

const commandsMax = 50

/** Compiles a query. Source: CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax". */
export function parseInsightsQuery(
  text: string,
  { limit }: { readonly limit: number },
): { readonly ok: true; readonly query: InsightsQuery } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, query: compile(text, limit) }
  } catch (error) {
    if (error instanceof BadQuery) return { ok: false, reason: error.message }
    throw error
  }
}

function compile(text: string, limit: number): InsightsQuery {
  const lexer = new Lexer(text)
  const commands = [readCommand(lexer, limit)]
  while (lexer.take('|')) {
    if (commands.length >= commandsMax) throw new BadQuery(`a query has at most ${commandsMax} commands`)
    commands.push(readCommand(lexer, limit))
  }
  if (!lexer.isAtEnd) throw lexer.unexpected("'|'")
  const showsEvents = commands.every(({ kind }) => kind !== 'stats')
  const stages = commands.map(({ stage }, index) => stage(keptBy(commands.slice(index + 1), limit)))
  const columns = [...columnsOf(commands), ...(showsEvents ? ['@ptr'] : [])]
  const matchedAt = matchedBehind(commands)
  return {
    columns,
    times: new Set(['@timestamp', '@ingestionTime', ...commands.flatMap(({ times = [] }) => times)]),
    showsEvents,
    start() {
      const rows: (readonly Value[])[] = []
      const memory = new Memory()
      const last: Sink = {
        push(row) {
          const values = columns.map((column) => row.get(column))
          memory.take(sizeOfAll(values))
          rows.push(values)
          return true
        },
        end: () => undefined,
      }
      let matched = 0
      let first = limitStage(limit)(last, memory)
      for (const [index, stage] of [...stages.entries()].toReversed()) {
        const next = first
        const counts: Sink = { ...next, push: (row) => ((matched += 1), next.push(row)) }
        first = stage(index + 1 === matchedAt ? counts : next, memory)
      }
      return {
        push(row) {
          if (matchedAt === 0) matched += 1
          return first.push(row)
        },
        end() {
          first.end()
          return { rows, matched }
        },
      }
    },
  }
}

type Commands = readonly ReturnType<typeof readCommand>[]

/** How many sorted rows matter: all where a command behind it may drop some or add them up. */
function keptBy(behind: Commands, limit: number): number {
  return behind.some(({ kind }) => kind === 'filter' || kind === 'dedup' || kind === 'stats')
    ? Infinity
    : limit
}

/** Behind which command the rows are counted that matched: the last filter of those that see one event at a time. */
function matchedBehind(commands: Commands): number {
  const end = commands.findIndex(({ kind }) => ['stats', 'sort', 'limit', 'dedup'].includes(kind))
  return commands.slice(0, end < 0 ? commands.length : end).findLastIndex(({ kind }) => kind === 'filter') + 1
}

/** What `display` says last, or `stats`, or else all `fields`; without any, time and message, and what was parsed. */
function columnsOf(commands: Commands): readonly string[] {
  const display = commands.findLast(({ kind }) => kind === 'display')
  if (display?.columns) return unique(display.columns)
  const stats = commands.findLastIndex(({ kind }) => kind === 'stats')
  const later = commands.slice(stats + 1)
  const named = (kind: string) => later.flatMap((one) => (one.kind === kind ? (one.columns ?? []) : []))
  const begin = commands[stats]?.columns ?? []
  if (begin.length > 0) return unique([...begin, ...named('fields'), ...named('parse')])
  const fields = named('fields')
  return unique(fields.length > 0 ? fields : ['@timestamp', '@message', ...named('parse')])
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}
