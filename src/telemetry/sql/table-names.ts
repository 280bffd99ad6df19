const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i

/** What may hold a text like an id without being one; then an id, that no longer word goes on with. */
const pieces = new RegExp(
  `'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\\n]*|/\\*[\\s\\S]*?\\*/|(?<![\\w-])${id.source}(?![\\w-])`,
  'gi',
)
const quotedId = new RegExp(`^"?(${id.source})"?$`, 'i')

/** A statement in which the ids of event data stores are quoted as SQL wants it, and those ids. */
export interface NamedTables {
  readonly text: string
  readonly ids: readonly string[]
}

/**
 * Finds the ids of event data stores, which Lake's statements write without quotes. What is found decides about leave alone; what the
 * statement really reads is checked on its parsed form.
 */
export function nameTables(statement: string): NamedTables {
  const ids = new Set<string>()
  const text = statement.replaceAll(pieces, (piece) => {
    const found = quotedId.exec(piece)?.[1]?.toLowerCase()
    if (found === undefined) return piece
    ids.add(found)
    return `"${found}"`
  })
  return { text, ids: [...ids] }
}
