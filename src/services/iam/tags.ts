import type { Tags } from '#core/caller.ts'
import type { Access } from '#core/operation.ts'
import type { Resource } from '#core/resource.ts'
import { faults } from './faults.ts'
import { type Page, type PageInfo, type PageRequest, pageOf } from './paging.ts'
import { quotas } from './quotas.ts'

/** Tags as IAM's operations take and show them. */
export interface Tag {
  readonly Key: string
  readonly Value: string
}

/**
 * Whether a kind of resource tells `Team` from `team`: where it does not, tagging replaces the tag that has the other spelling.
 * Source: IAM User Guide, "Tags for IAM resources", rules for tagging: case sensitivity.
 */
const distinguishesCase = {
  User: false,
  Role: false,
  Policy: true,
  InstanceProfile: true,
  ServerCertificate: true,
} as const satisfies Record<string, boolean>

export type Tagged = keyof typeof distinguishesCase

/**
 * The access that making a tagged thing needs: making it, and tagging it as an action of its own, as AWS's denials show
 * (`not authorized to perform: iam:TagRole` from CreateRole with tags).
 */
export function accessToCreate(
  create: string,
  tag: string,
  resource: Resource,
  list: readonly Tag[] = [],
  conditions: Access['conditions'] = {},
): Access[] {
  const tags = requestTags(list)
  const creation: Access = { action: create, resource, conditions, requestTags: tags }
  return list.length === 0 ? [creation] : [creation, { action: tag, resource, requestTags: tags }]
}

/** What policies see of tags that a call brings along; unlike `withTags` it accepts what will be refused later. */
export function requestTags(list: readonly Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

/**
 * The tags of a resource once those of the list are set.
 * Faults: InvalidInputException for a key given twice or one of AWS's own; LimitExceededException beyond 50 tags.
 */
export function withTags(kind: Tagged, tags: Tags, list: readonly Tag[] = []): Tags {
  const after = new Map(Object.entries(tags).map(([key, value]) => [sameKey(kind, key), { key, value }]))
  const given = new Set<string>()
  for (const { Key: key, Value: value } of list) {
    const same = sameKey(kind, key)
    if (given.has(same)) throw faults.duplicateTagKeys(distinguishesCase[kind])
    if (/^aws:/i.test(key)) throw faults.reservedTagKey()
    given.add(same)
    after.set(same, { key, value })
  }
  if (after.size > quotas.tagsPerResource) throw faults.quota(`TagsPer${kind}`, quotas.tagsPerResource)
  // fromEntries defines own properties: a key named __proto__ is a key like any other.
  return Object.fromEntries([...after.values()].map(({ key, value }) => [key, value]))
}

/** The tags of a resource without those that are named; a key that it lacks is no error. */
export function withoutTags(kind: Tagged, tags: Tags, keys: readonly string[]): Tags {
  const named = new Set(keys.map((key) => sameKey(kind, key)))
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !named.has(sameKey(kind, key))))
}

/** Tags as answers show them, sorted by key; undefined for none, as AWS leaves the member out. */
export function tagList(tags: Tags): Tag[] | undefined {
  const list = pageOf({ MaxItems: quotas.tagsPerResource }, entriesOf(tags)).items.map(shown)
  return list.length > 0 ? list : undefined
}

/** The answer of the ListUserTags family: one page of tags, sorted by key. */
export function tagPage(request: PageRequest, tags: Tags): PageInfo & { readonly Tags: Tag[] } {
  const { items, info }: Page<TagEntry> = pageOf(request, entriesOf(tags))
  return { Tags: items.map(shown), ...info }
}

interface TagEntry {
  readonly id: string
  readonly value: string
}

function entriesOf(tags: Tags): readonly TagEntry[] {
  return Object.entries(tags).map(([id, value]) => ({ id, value }))
}

function shown({ id, value }: TagEntry): Tag {
  return { Key: id, Value: value }
}

function sameKey(kind: Tagged, key: string): string {
  return distinguishesCase[kind] ? key : key.toLowerCase()
}
