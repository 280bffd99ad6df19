import type { AccountId } from './arn.ts'
import type { Call } from './call.ts'
import type { Collection, Found, Page, Scope, Transaction } from './store/index.ts'

/** Collections by the name under which `call` shows them. */
export type Tables = Readonly<Record<string, Collection<object>>>

/** What `call` gains from a service's collections. */
export type TablesOf<Stored extends Tables> = {
  readonly [Name in keyof Stored]: Stored[Name] extends Collection<infer Document> ? Table<Document> : never
}

/** Whether a service keeps its documents once for an account (IAM, Organizations, CloudFront) or once a region. */
export type Reach = 'global' | 'regional'

/** Where an account's documents of a global service are. */
export function globalScope(account: AccountId): Scope {
  return { account, region: 'global' }
}

/** One collection as a call sees it: in the call's transaction, the caller's account and its region. */
export class Table<Document extends object> {
  readonly #tx: Transaction
  readonly #collection: Collection<Document>
  readonly #scope: Scope

  constructor(tx: Transaction, collection: Collection<Document>, scope: Scope) {
    this.#tx = tx
    this.#collection = collection
    this.#scope = scope
  }

  /** The same collection in another account. The caller's leave to act there is the authorizer's matter, as ever. */
  in(account: AccountId): Table<Document> {
    return new Table(this.#tx, this.#collection, { account, region: this.#scope.region })
  }

  get(id: string): Document | undefined {
    return this.#tx.get(this.#collection, this.#scope, id)
  }

  put(id: string, document: Document): void {
    this.#tx.put(this.#collection, this.#scope, id, document)
  }

  delete(id: string): void {
    this.#tx.delete(this.#collection, this.#scope, id)
  }

  /** Documents sorted by id; `after` need not exist any more. */
  list(page?: Page<Document>): readonly Found<Document>[] {
    return this.#tx.list(this.#collection, this.#scope, page)
  }

  /** Documents of this scope whose `index` gives `value`. */
  find(index: string, value: string, page?: Page<Document>): readonly Found<Document>[] {
    return this.#tx.find(this.#collection, this.#scope, index, value, page)
  }

  count(): number {
    return this.#tx.count(this.#collection, this.#scope)
  }

  /** Whether one more document keeps within `max`: exact, however many create at the same time. Ask before `put`. */
  hasRoom(max: number): boolean {
    return this.#tx.requireRoom(this.#collection, this.#scope, max)
  }

  /** The same of the documents whose `index` gives `value`. */
  hasRoomUnder(index: string, value: string, max: number): boolean {
    return this.#tx.requireRoomUnder(this.#collection, this.#scope, { index, value, max })
  }
}

/**
 * Makes the function that gives a call its tables, and its service's parts. It runs on every call, and an operation looks at one or two of a service's many
 * tables: each is made when it is asked for, by a prototype that all calls of the service share.
 */
export function enterTables<Stored extends Tables>(
  collections: Stored,
  reach: Reach,
): (call: Call, parts: unknown) => Call & TablesOf<Stored> {
  const tables = {}
  for (const [name, collection] of Object.entries(collections))
    Object.defineProperty(tables, name, {
      get(this: Call) {
        const { account, region, tx } = this
        return new Table(tx, collection, reach === 'global' ? globalScope(account) : { account, region })
      },
    })
  // A table for each entry of Stored is on the prototype.
  return (call, parts) => ({ __proto__: tables, ...call, parts }) as unknown as Call & TablesOf<Stored>
}
