import { functions } from './functions.ts'

/** Why a statement may not run; undefined for one that may. */
type Refusal = string | undefined

type Parsed = Readonly<Record<string, unknown>>

/** Kinds of expressions. What is not here (lambdas, defaults, positional references) is refused. */
const classes: ReadonlySet<string> = new Set([
  'BETWEEN',
  'CASE',
  'CAST',
  'COLUMN_REF',
  'COMPARISON',
  'CONJUNCTION',
  'CONSTANT',
  'FUNCTION',
  'OPERATOR',
  'PARAMETER',
  'STAR',
  'SUBQUERY',
  'WINDOW',
])

/** Kinds of everything else that a parsed statement has: queries, tables, what modifies them, what describes types. */
const kinds: ReadonlySet<string> = new Set([
  'SELECT_NODE',
  'SET_OPERATION_NODE',
  'CTE_NODE',
  'BASE_TABLE',
  'JOIN',
  'SUBQUERY',
  'EMPTY',
  'EMPTY_FROM',
  'TABLE_FUNCTION',
  'ORDER_MODIFIER',
  'LIMIT_MODIFIER',
  'DISTINCT_MODIFIER',
  'ASCENDING',
  'DESCENDING',
  'ORDER_DEFAULT',
  'DECIMAL_TYPE_INFO',
  'LIST_TYPE_INFO',
])

/** Types that a value may be cast to. */
const types: ReadonlySet<string> = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'VARCHAR',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
  'INTERVAL',
  'LIST',
  'NULL',
  'SQLNULL',
  'INTEGER_LITERAL',
  'STRING_LITERAL',
])

/** A name that a statement gives to a part of itself: nothing that the engine knows under it could be meant. */
const ownName = /^(?!duckdb|pg_|sqlite_|information_schema|pragma)[a-z][a-z0-9_]{0,127}$/i

const depthMax = 200

/**
 * Checks a parsed statement: it may read the tables of `names` and the parts that it names itself, and call functions of a list; all
 * that is not known to be harmless is refused, whatever it is.
 */
export function refusalOf(parsed: unknown, names: ReadonlySet<string>): Refusal {
  if (!isObject(parsed)) return 'it could not be read'
  if (parsed['error'] === true) return textOf(parsed['error_message']) || 'it is no SELECT statement'
  const { statements } = parsed
  if (!Array.isArray(statements) || statements.length !== 1) return 'it is not exactly one statement'
  const [statement] = statements as readonly unknown[] // Just counted.
  if (!isObject(statement) || !isObject(statement['node'])) return 'it is no SELECT statement'
  return walk(statement, names, 0)
}

function walk(value: unknown, names: ReadonlySet<string>, depth: number): Refusal {
  if (depth > depthMax) return 'it is nested too deeply'
  if (Array.isArray(value)) return firstOf(value, (one) => walk(one, names, depth + 1))
  if (!isObject(value)) return undefined
  const refused = typeof value['class'] === 'string' ? ofExpression(value) : ofNode(value, names)
  if (refused !== undefined) return refused
  if (value['class'] === 'CONSTANT') return undefined // A value: nothing is named in it.
  const inner = withOwnNames(value, names, depth)
  if (typeof inner === 'string') return inner
  return firstOf(Object.entries(value), ([key, part]) =>
    key === 'cte_map' ? undefined : walk(part, key === 'query' ? names : inner, depth + 1),
  )
}

function ofExpression(expression: Parsed): Refusal {
  const kind = textOf(expression['class'])
  if (!classes.has(kind)) return `${kind} is not supported`
  if (kind === 'FUNCTION' || kind === 'WINDOW') return ofFunction(expression)
  if (kind === 'CAST') return ofType(expression['cast_type'])
  if (kind === 'STAR' && expression['columns'] === true) return 'COLUMNS is not supported'
  return undefined
}

/** Where the parser itself says that functions are which it writes for `[1]` and `extract(hour FROM x)`. */
const ownPlaces: ReadonlySet<string> = new Set(['.', '.main', '.pg_catalog'])

function ofFunction({ function_name, schema, catalog }: Parsed): Refusal {
  const name = textOf(function_name).toLowerCase()
  if (!ownPlaces.has(`${textOf(catalog)}.${textOf(schema)}`))
    return `the function ${name} has a schema ${textOf(catalog)}.${textOf(schema)}`
  return functions.has(name) ? undefined : `the function ${name} is not supported`
}

function ofType(type: unknown): Refusal {
  if (!isObject(type)) return 'a type could not be read'
  const id = textOf(type['id'])
  if (!types.has(id)) return `the type ${id} is not supported`
  const info = type['type_info']
  if (isObject(info) && 'child_type' in info) return ofType(info['child_type'])
  return undefined
}

function ofNode(node: Parsed, names: ReadonlySet<string>): Refusal {
  const kind = node['type']
  if (kind === undefined || typeof kind !== 'string') return undefined
  if (!kinds.has(kind)) return `${kind} is not supported`
  if (kind === 'BASE_TABLE') return ofTable(node, names)
  if (kind === 'TABLE_FUNCTION') return ofTableFunction(node)
  return undefined
}

function ofTable(node: Parsed, names: ReadonlySet<string>): Refusal {
  const name = textOf(node['table_name'])
  if (textOf(node['schema_name']) !== '' || textOf(node['catalog_name']) !== '')
    return `the table ${name} has a schema`
  return names.has(name.toLowerCase()) ? undefined : `there is no event data store ${name}`
}

/** `unnest` takes values apart; every other function that makes a table reads something. */
function ofTableFunction({ function: called }: Parsed): Refusal {
  const isUnnest = isObject(called) && textOf(called['function_name']).toLowerCase() === 'unnest'
  return isUnnest ? undefined : 'functions that make tables are not supported'
}

/** The names known within a query: those that it gives itself too. Each sees those before it, and not itself. */
function withOwnNames(node: Parsed, names: ReadonlySet<string>, depth: number): ReadonlySet<string> | string {
  let known = names
  const map = isObject(node['cte_map']) ? node['cte_map']['map'] : undefined
  if (Array.isArray(map)) {
    for (const entry of map as readonly unknown[]) {
      if (!isObject(entry)) return 'it could not be read'
      const added = withName(textOf(entry['key']), known)
      if (typeof added === 'string') return added
      const refused = walk(entry['value'], known, depth + 1)
      if (refused !== undefined) return refused
      known = added
    }
  }
  return typeof node['cte_name'] === 'string' ? withName(node['cte_name'], known) : known
}

function withName(name: string, names: ReadonlySet<string>): ReadonlySet<string> | string {
  return ownName.test(name) ? new Set([...names, name.toLowerCase()]) : `the name ${name} is not supported`
}

function firstOf<Item>(items: readonly Item[], refusal: (item: Item) => Refusal): Refusal {
  for (const item of items) {
    const refused = refusal(item)
    if (refused !== undefined) return refused
  }
  return undefined
}

function isObject(value: unknown): value is Parsed {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
