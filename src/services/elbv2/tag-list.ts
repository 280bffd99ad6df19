import { tagReader } from '#core/tag-list.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Lists of tags. Faults: DuplicateTagKeys; ValidationError for a key of AWS's own; TooManyTags. */
export const { tagsOf, withTags } = tagReader({
  max: quotas.tags,
  tooMany: () => faults.tooManyTags(),
  twice: (key) => faults.duplicateTag(key),
  reserved: (key) => faults.validation(`The tag key ${key} begins with aws:, which is reserved`),
})
