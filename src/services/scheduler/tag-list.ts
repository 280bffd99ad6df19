import type { Tags } from '#core/caller.ts'
import type { Tag } from '#models/scheduler.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Tags as policies see them. Faults: ValidationException for a key that stands twice or is one of AWS's own. */
export function tagsOf(list: readonly Tag[] = []): Tags {
  const tags: Record<string, string> = {}
  for (const { Key, Value } of list) {
    if (Object.hasOwn(tags, Key)) throw faults.invalid(`The tag key ${Key} stands twice.`)
    if (/^aws:/i.test(Key)) throw faults.invalid('Tag keys must not begin with aws:.')
    Object.defineProperty(tags, Key, { value: Value, enumerable: true })
  }
  return tags
}

/** Tags once those of the list are set. Faults: ValidationException; ServiceQuotaExceededException. */
export function withTags(tags: Tags, list: readonly Tag[] = []): Tags {
  const all = { ...tags, ...tagsOf(list) }
  if (Object.keys(all).length > quotas.tags) throw faults.quota('tags', quotas.tags)
  return all
}

/** Tags as answers show them, sorted. */
export function tagList(tags: Tags): readonly Tag[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((one, other) => (one.Key < other.Key ? -1 : 1))
}
