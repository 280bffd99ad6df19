import { readCommand } from './commands.ts'
import { Lexer } from './lexer.ts'
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
    readonly end: () => readonly (readonly Value[])[]
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
  const stages = [...commands.map(({ stage }) => stage), limitStage(limit)]
  const columns = columnsOf(commands)
  return {
    columns,
    times: new Set(['@timestamp', '@ingestionTime', ...commands.flatMap(({ times = [] }) => times)]),
    showsEvents: commands.every(({ kind }) => kind !== 'stats'),
    start() {
      const rows: (readonly Value[])[] = []
      const last: Sink = {
        push: (row) => (rows.push(columns.map((column) => row.get(column))), true),
        end: () => undefined,
      }
      const first = stages.reduceRight<Sink>((next, stage) => stage(next), last)
      return {
        push: first.push,
        end() {
          first.end()
          return rows
        },
      }
    },
  }
}

/** What `display` says last, or `stats`, or else all `fields`; without any, time and message, and what was parsed. */
function columnsOf(commands: readonly ReturnType<typeof readCommand>[]): readonly string[] {
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
