import { type Holds, readCondition, readOperator } from './condition.ts'
import { BadPattern, type FilterPattern } from './pattern.ts'
import { Scanner } from './scanner.ts'

interface Field {
  readonly name: string
  readonly holds: Holds
}

const fieldsMax = 200

/**
 * `[ip, user, ..., status = 4*, bytes > 1000]`: a message of as many fields, of which conditions hold. Text in quotes or brackets is one
 * field. Source: CloudWatch Logs User Guide, "Filter pattern syntax", Match terms in space-delimited log events.
 */
export function readFields(text: string): FilterPattern {
  const scanner = new Scanner(text)
  let regularExpressions = 0
  const note = (): void => void (regularExpressions += 1)
  const fields: (Field | '...')[] = []
  scanner.require('[')
  do {
    if (fields.length >= fieldsMax) throw new BadPattern(`a pattern has at most ${fieldsMax} fields`)
    fields.push(scanner.take('...') ? '...' : readField(scanner, fields.length + 1, note))
  } while (scanner.take(','))
  scanner.require(']')
  if (!scanner.isAtEnd) throw new BadPattern('something stands behind the closing bracket')
  if (fields.filter((field) => field === '...').length > 1) throw new BadPattern('... stands more than once')

  const gap = fields.indexOf('...')
  const named = fields.filter((field) => field !== '...')
  /** The fields' values, or undefined where there are too few or too many. */
  function aligned(message: string): readonly string[] | undefined {
    const values = split(message)
    if (gap < 0) return values.length === named.length ? values : undefined
    if (values.length < named.length) return undefined
    return [...values.slice(0, gap), ...values.slice(values.length - (named.length - gap))]
  }
  return {
    regularExpressions,
    matches(message) {
      const values = aligned(message)
      return values !== undefined && named.every(({ holds }, index) => holds(values[index]))
    },
    extract(message) {
      const values = aligned(message)
      return Object.fromEntries(named.map(({ name }, index) => [`$${name}`, values?.[index] ?? '']))
    },
    names: (name) => named.some((field) => `$${field.name}` === name),
    valueOf(message, name) {
      const index = named.findIndex((field) => `$${field.name}` === name)
      return index < 0 ? undefined : aligned(message)?.[index]
    },
  }
}

function readField(scanner: Scanner, position: number, note: () => void): Field {
  const name = scanner.match(/[A-Za-z_][\w.-]*/y)
  if (name === undefined) return { name: String(position), holds: () => true }
  const operator = readOperator(scanner)
  if (operator === undefined) return { name, holds: () => true }
  let holds = readCondition(scanner, operator, note)
  for (;;) {
    const isOr = scanner.take('||')
    if (!isOr && !scanner.take('&&')) return { name, holds }
    const again = scanner.match(/[A-Za-z_][\w.-]*/y)
    if (again !== name) throw new BadPattern(`the condition of ${name} asks for ${again ?? 'nothing'}`)
    const next = readOperator(scanner)
    if (next === undefined) throw new BadPattern(`a comparison of ${name} is missing`)
    const [one, other] = [holds, readCondition(scanner, next, note)]
    holds = isOr ? (value) => one(value) || other(value) : (value) => one(value) && other(value)
  }
}

/** What ends a field that begins so. */
const closing: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['[', ']'],
])

/** The fields of a message. A closing sign that is not there is looked for once: a message of opening ones takes no longer than another. */
function split(message: string): readonly string[] {
  const values: string[] = []
  const absent = new Set<string>()
  const [start, word] = [/\S/g, /\S+/y]
  for (let found = start.exec(message); found; found = start.exec(message)) {
    const sign = closing.get(found[0])
    const end = sign === undefined || absent.has(sign) ? -1 : message.indexOf(sign, start.lastIndex)
    if (end >= 0) {
      values.push(message.slice(start.lastIndex, end))
      start.lastIndex = end + 1
      continue
    }
    if (sign !== undefined) absent.add(sign)
    word.lastIndex = found.index
    values.push(word.exec(message)?.[0] ?? '')
    start.lastIndex = word.lastIndex
  }
  return values
}
