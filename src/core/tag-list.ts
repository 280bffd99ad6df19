import type { Tags } from './caller.ts'
import type { Fault } from './fault.ts'

/** A tag as requests have it. */
export interface GivenTag {
  readonly Key: string
  readonly Value?: string | undefined
}

/** What a service refuses of tags. */
interface Refusals {
  /** How many tags a resource may have. */
  readonly max: number
  readonly tooMany: () => Fault
  /** A key that stands twice. */
  readonly twice: (key: string) => Fault
  /** A key of AWS's own. */
  readonly reserved: (key: string) => Fault
}

/** The reader of a service's lists of tags. Faults: the service's own, as `refusals` has them. */
export function tagReader(refusals: Refusals) {
  /** Tags as policies and documents have them. */
  function tagsOf(list: readonly GivenTag[] = []): Tags {
    const tags: Record<string, string> = {}
    for (const { Key, Value = '' } of list) {
      if (Object.hasOwn(tags, Key)) throw refusals.twice(Key)
      if (/^aws:/i.test(Key)) throw refusals.reserved(Key)
      Object.defineProperty(tags, Key, { value: Value, enumerable: true })
    }
    return tags
  }
  /** Tags once those of the list are set. */
  function withTags(tags: Tags, list?: readonly GivenTag[]): Tags {
    const all = { ...tags, ...tagsOf(list) }
    if (Object.keys(all).length > refusals.max) throw refusals.tooMany()
    return all
  }
  return { tagsOf, withTags }
}

/** Tags as answers show them, sorted. */
export function tagList(tags: Tags): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((one, other) => (one.Key < other.Key ? -1 : 1))
}
