import type { Tags } from '#core/caller.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Tags that a call sets, in an object of our own. Faults: BadRequestException. */
export function tagsOf(given: Readonly<Record<string, string>> = {}): Tags {
  for (const key of Object.keys(given))
    if (/^aws:/i.test(key)) throw faults.tag('keys must not begin with aws:')
  return withTags({}, given)
}

/** Tags once those given are set. Faults: BadRequestException. */
export function withTags(tags: Tags, given: Readonly<Record<string, string>>): Tags {
  const all = Object.fromEntries([...Object.entries(tags), ...Object.entries(given)])
  if (Object.keys(all).length > quotas.tags) throw faults.tag(`a resource can have ${quotas.tags} at most`)
  return all
}
