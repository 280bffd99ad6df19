import { tagReader } from '#core/tag-list.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Lists of tags. Faults: ValidationException for a key that stands twice or is one of AWS's own; ServiceQuotaExceededException. */
export const { tagsOf, withTags } = tagReader({
  max: quotas.tags,
  tooMany: () => faults.quota('tags', quotas.tags),
  twice: (key) => faults.invalid(`The tag key ${key} stands twice.`),
  reserved: () => faults.invalid('Tag keys must not begin with aws:.'),
})
