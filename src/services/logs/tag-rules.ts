import type { Tags } from '#core/caller.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Tags once those given are set. Faults: InvalidParameterException; TooManyTagsException. */
export function withTags(tags: Tags, given: Tags, resourceName: string): Tags {
  for (const key of Object.keys(given))
    if (/^aws:/i.test(key)) throw faults.invalid(`The tag key ${key} begins with aws:, which is reserved.`)
  const all = Object.fromEntries([...Object.entries(tags), ...Object.entries(given)])
  if (Object.keys(all).length > quotas.tags) throw faults.tooManyTags(resourceName)
  return all
}

export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)))
}
