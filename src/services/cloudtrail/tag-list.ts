import { tagReader } from '#core/tag-list.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Lists of tags. Faults: InvalidTagParameterException for a key that stands twice or is one of AWS's own; TagsLimitExceededException. */
export const { tagsOf, withTags } = tagReader({
  max: quotas.tags,
  tooMany: () => faults.tooManyTags(),
  twice: (key) => faults.tag(`The tag key ${key} stands twice.`),
  reserved: () => faults.tag('Tag keys must not begin with aws:.'),
})
