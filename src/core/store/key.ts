import assert from 'node:assert/strict'

/** Where a document lives: an account's region. Global services use one region text of their own throughout. */
export interface Scope {
  readonly account: string
  readonly region: string
}

/** A document's whole address. */
export interface DocumentKey extends Scope {
  readonly service: string
  readonly type: string
  readonly id: string
}

/** Longest id, in UTF-16 code units: twice the longest ARN that AWS hands out. */
const idUnitsMax = 4096

/**
 * The name of the shelf that holds all documents of one type in one scope: `account/region/service/type`.
 * INVARIANT: no part holds a slash, so a shelf's name and an id together are one document's address and no other's.
 */
export function shelfName(scope: Scope, family: string): string {
  return `${scope.account}/${scope.region}/${family}`
}

/** The name of all shelves of one type: `service/type`. */
export function familyName(service: string, type: string): string {
  for (const part of [service, type]) {
    assert.match(part, /^[\w.-]+$/, `'${part}' cannot name a service or a type of documents`)
  }
  return `${service}/${type}`
}

/** Reads a shelf's name back into its parts. */
export function parseShelf(shelf: string): Omit<DocumentKey, 'id'> {
  const [account = '', region = '', service = '', type = ''] = shelf.split('/')
  return { account, region, service, type }
}

/** The family that a shelf belongs to. */
export function familyOf(shelf: string): string {
  return shelf.slice(shelf.indexOf('/', shelf.indexOf('/') + 1) + 1)
}

/** Refuses an address that could not be told from another, or that the database could not keep as it is. */
export function assertAddress(scope: Scope, id: string): void {
  for (const part of [scope.account, scope.region]) {
    assert.ok(!/[/\0]/.test(part) && part.isWellFormed(), `'${part}' cannot be part of a document's key`)
  }
  assert.ok(
    id.length > 0 && id.length <= idUnitsMax,
    `an id has 1 to ${idUnitsMax} characters, not ${id.length}`,
  )
  // The database keeps UTF-8, in which two different lone surrogates would become one.
  assert.ok(!id.includes('\0') && id.isWellFormed(), `'${id}' cannot be a document's id`)
}
