import { tagReader } from '#core/tag-list.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Lists of tags. Faults: ValidationException for a key that stands twice or is one of AWS's own; LimitExceededException. */
export const { tagsOf, withTags } = tagReader({
  max: quotas.tags,
  tooMany: () => faults.limit(),
  twice: (key) => faults.validation(`The tag key ${key} stands twice.`),
  reserved: () => faults.validation('Tag keys must not begin with aws:.'),
})
