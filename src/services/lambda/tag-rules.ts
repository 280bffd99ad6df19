import type { Tags } from '#core/caller.ts'
import { faults } from './faults.ts'

/** Source: Lambda Developer Guide, "Using tags on Lambda functions", restrictions. */
const limits = { tags: 50, keyLength: 128, valueLength: 256 }

/** Tags that a resource may have. Faults: InvalidParameterValueException. */
export function tagsWithin(tags: Tags): Tags {
  const entries = Object.entries(tags)
  if (entries.length > limits.tags) throw faults.invalid(`A resource may have ${limits.tags} tags`)
  for (const [key, value] of entries) {
    if (key === '' || key.length > limits.keyLength || /^aws:/i.test(key))
      throw faults.invalid(`The tag key '${key}' is not valid`)
    if (value.length > limits.valueLength) throw faults.invalid(`The value of the tag '${key}' is too long`)
  }
  return tags
}
