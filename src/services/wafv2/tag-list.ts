import type { Tags } from '#core/caller.ts'
import type { Tag } from '#models/wafv2.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** What policies see of tags that a call brings along. */
export function requestTags(list: readonly Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

/**
 * Tags once those of the list are set; the model has checked their characters.
 * Faults: WAFTagOperationException for a key given twice or one of AWS's own; WAFLimitsExceededException.
 * Source: AWS WAFV2 API, Tag; AWS General Reference, "Tag naming limits and requirements".
 */
export function withTags(tags: Tags, list: readonly Tag[] = []): Tags {
  const given = new Set(list.map(({ Key }) => Key))
  if (given.size < list.length) throw faults.tags('A tag key is given twice.')
  for (const key of given)
    if (/^aws:/i.test(key)) throw faults.tags('Tag keys that begin with aws: are reserved.')
  const after = { ...tags, ...requestTags(list) }
  if (Object.keys(after).length > quotas.tagsPerResource) throw faults.limit('TAGS')
  return after
}
