import { tagReader } from '#core/tag-list.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** Lists of tags. Faults: InvalidTagException for a key that stands twice or is one of AWS's own; TooManyTagsException. */
export const { tagsOf, withTags } = tagReader({
  max: quotas.tagsPerCertificate,
  tooMany: () => faults.tooManyTags(quotas.tagsPerCertificate),
  twice: () => faults.repeatedTagKey(),
  reserved: () => faults.reservedTagKey(),
})
