import { SortedIds } from './sorted-ids.ts'

interface Bucket {
  /** The log sequence of the last change to a member or to the membership. */
  version: number
  readonly members: SortedIds
}

/** The documents filed under each value of one index, with a version a bucket, so that a search can be validated. */
export class DocumentIndex {
  readonly #buckets = new Map<string, Bucket>()

  /** Files a member under its values after a change; `before` are the values that it had. */
  move(member: string, before: readonly string[], after: readonly string[], version: number): void {
    for (const value of before) {
      const bucket = this.#buckets.get(value)
      if (bucket === undefined || after.includes(value)) continue
      bucket.members.delete(member)
      bucket.version = version
      if (bucket.members.size === 0) this.#buckets.delete(value)
    }
    for (const value of after) {
      let bucket = this.#buckets.get(value)
      if (bucket === undefined) {
        bucket = { version, members: new SortedIds() }
        this.#buckets.set(value, bucket)
      }
      bucket.members.add(member)
      bucket.version = version
    }
  }

  /** The members under a value, from `start` on. */
  members(value: string, start: string): Iterable<string> {
    return this.#buckets.get(value)?.members.from(start) ?? []
  }

  /** How many members are under a value. */
  count(value: string): number {
    return this.#buckets.get(value)?.members.size ?? 0
  }

  /** Differs whenever what `members` and their documents say differs; 0 for an empty bucket. */
  version(value: string): number {
    return this.#buckets.get(value)?.version ?? 0
  }
}
