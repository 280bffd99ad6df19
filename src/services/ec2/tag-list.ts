import type { Tags } from '#core/caller.ts'
import type { Tag, TagSpecification } from '#models/ec2.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'
import type { Kind } from './documents.ts'

/** What policies see of tags that a call brings along; it accepts what is refused later. */
export function requestTags(list: readonly Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]))
}

/** The tags of a creation, whatever they were given for. */
export function specified(specifications: readonly TagSpecification[] = []): readonly Tag[] {
  return specifications.flatMap(({ Tags = [] }) => Tags)
}

/**
 * The tags with which something is created. Faults: InvalidParameterValue, also for tags of another kind of thing; TagLimitExceeded.
 */
export function creationTags(kind: Kind, specifications: readonly TagSpecification[] = []): Tags {
  for (const { ResourceType = '' } of specifications)
    if (ResourceType !== kind) throw faults.notTaggable(ResourceType)
  return withTags({}, specified(specifications))
}

/**
 * Tags once those of the list are set.
 * Source: EC2 User Guide, "Tag your Amazon EC2 resources", restrictions.
 */
export function withTags(tags: Tags, list: readonly Tag[]): Tags {
  const given = new Set<string>()
  for (const { Key = '', Value = '' } of list) {
    if (Key.length === 0 || Key.length > 128) throw faults.tagKeyLength()
    if (Value.length > 256) throw faults.tagValueLength()
    if (/^aws:/i.test(Key)) throw faults.reservedTagKey()
    if (given.has(Key)) throw faults.repeatedTagKey(Key)
    given.add(Key)
  }
  const after = { ...tags, ...requestTags(list) }
  if (Object.keys(after).length > quotas.tagsPerResource) throw faults.tagLimit()
  return after
}
