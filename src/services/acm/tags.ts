import type { Tags } from '#core/caller.ts'
import type { Tag } from '#models/acm.d.ts'
import { acm } from './documents.ts'
import { faults } from './faults.ts'
import { findCertificate } from './find.ts'
import { quotas } from './quotas.ts'

/** Sets tags; a key that is there already gets the new value. */
export const AddTagsToCertificate = acm('AddTagsToCertificate', {
  target: ({ CertificateArn }, call) => findCertificate(call, CertificateArn),
  access: (resource, { Tags }) => [
    { action: 'acm:AddTagsToCertificate', resource, requestTags: requestTags(Tags) },
  ],
  run({ target, input, call }) {
    call.certificates.put(target.certificateId, { ...target, tags: withTags(target.tags, input.Tags) })
    return {}
  },
})

/** Removes tags: by key, or where a value is given beside it only the tag that has this value. */
export const RemoveTagsFromCertificate = acm('RemoveTagsFromCertificate', {
  target: ({ CertificateArn }, call) => findCertificate(call, CertificateArn),
  access: (resource, { Tags }) => [
    { action: 'acm:RemoveTagsFromCertificate', resource, tagKeys: Tags.map(({ Key }) => Key) },
  ],
  run({ target, input: { Tags }, call }) {
    const isLeaving = (key: string, value: string) =>
      Tags.some(({ Key, Value }) => Key === key && (Value === undefined || Value === value))
    const kept = Object.entries(target.tags).filter(([key, value]) => !isLeaving(key, value))
    call.certificates.put(target.certificateId, { ...target, tags: Object.fromEntries(kept) })
    return {}
  },
})

/** Lists tags, sorted by key. */
export const ListTagsForCertificate = acm('ListTagsForCertificate', {
  target: ({ CertificateArn }, call) => findCertificate(call, CertificateArn),
  access: (resource) => [{ action: 'acm:ListTagsForCertificate', resource }],
  run: ({ target }) => ({ Tags: tagList(target.tags) }),
})

/** What policies see of tags that a call brings along. */
export function requestTags(list: readonly Tag[] = []): Tags {
  return Object.fromEntries(list.map(({ Key, Value = '' }) => [Key, Value]))
}

/** Tags once those of the list are set. Faults: InvalidTagException; TooManyTagsException. */
export function withTags(tags: Tags, list: readonly Tag[] = []): Tags {
  if (new Set(list.map(({ Key }) => Key)).size < list.length) throw faults.repeatedTagKey()
  if (list.some(({ Key }) => /^aws:/i.test(Key))) throw faults.reservedTagKey()
  const after = { ...tags, ...requestTags(list) }
  if (Object.keys(after).length > quotas.tagsPerCertificate)
    throw faults.tooManyTags(quotas.tagsPerCertificate)
  return after
}

function tagList(tags: Tags): readonly Tag[] {
  return Object.entries(tags)
    .map(([Key, Value]) => ({ Key, Value }))
    .sort((a, b) => (a.Key < b.Key ? -1 : 1))
}
