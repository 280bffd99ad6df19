import type { AccountId } from './arn.ts'
import type { Call } from './call.ts'
import type { Collection, Found, ListOptions, Reader, Scope, Transaction } from './store/index.ts'

/** Collections by the name under which `call` shows them. */
export type Tables = Readonly<Record<string, Collection<never>>>

/** What `call` gains from a service's collections. */
export type TablesOf<Stored extends Tables> = {
  readonly [Name in keyof Stored]: Stored[Name] extends Collection<infer Document> ? Table<Document> : never
}

/** The region under which documents of global services (IAM, Organizations, CloudFront) are kept. */
export const globalRegion = 'global'

/** One collection as a call sees it: in the call's transaction, the caller's account and its region. */
export class Table<Document> {
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
  list(options?: ListOptions<Document>): readonly Found<Document>[] {
    return this.#tx.list(this.#collection, this.#scope, options)
  }

  /** Documents of this scope whose index `name` gives `value`. */
  find(name: string, value: string): readonly Found<Document>[] {
    return this.#tx.find(this.#collection, this.#scope, name, value)
  }

  count(): number {
    return this.#tx.count(this.#collection, this.#scope)
  }

  /** Whether one more document keeps within `max`; exact, without making concurrent creators wait for each other. */
  hasRoom(max: number): boolean {
    return this.#tx.hasRoom(this.#collection, this.#scope, max)
  }
}

/** The tables of a call. */
export function tables<Stored extends Tables>(collections: Stored, call: Call): TablesOf<Stored> {
  const made: Record<string, unknown> = {}
  for (const [name, stored] of Object.entries(collections)) {
    const region = stored.regional ? call.region : globalRegion
    made[name] = new Table(call.tx, stored, { account: call.account, region })
  }
  return made as TablesOf<Stored> // Built from the very entries of Stored.
}

export type { Reader }
