import type { Tags } from '#core/caller.ts'
import type { Tag } from '#models/cloudtrail.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Tags as policies and documents have them. Faults: InvalidTagParameterException; TagsLimitExceededException. */
export function tagsOf(list: readonly Tag[]): Tags {
  const tags: Record<string, string> = {}
  for (const { Key, Value = '' } of list) {
    if (Object.hasOwn(tags, Key)) throw faults.tags(`The tag key ${Key} is given twice.`)
    if (/^aws:/i.test(Key)) throw faults.tags(`The tag key ${Key} begins with aws:, which is reserved.`)
    Object.defineProperty(tags, Key, { value: Value, enumerable: true })
  }
  if (Object.keys(tags).length > quotas.tags) throw faults.tooManyTags()
  return tags
}

export function tagList(tags: Tags): readonly Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
