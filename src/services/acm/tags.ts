import { tagList } from '#core/tag-list.ts'
import { acm } from './documents.ts'
import { findCertificate } from './find.ts'
import { tagsOf, withTags } from './tag-list.ts'

/** Sets tags; a key that is there already gets the new value. */
export const AddTagsToCertificate = acm('AddTagsToCertificate', {
  target: ({ CertificateArn }, call) => findCertificate(call, CertificateArn),
  access: (resource, { Tags }) => [
    { action: 'acm:AddTagsToCertificate', resource, requestTags: tagsOf(Tags) },
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
