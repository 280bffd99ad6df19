import { parseArn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { Missing } from '#core/resource.ts'
import { lambda, type LambdaCall } from './declare.ts'
import { faults } from './faults.ts'
import { findWholeFunction } from './find.ts'
import { findMapping } from './find-mapping.ts'
import { tagsWithin } from './tag-rules.ts'

/** Sets tags on a function or an event source mapping. */
export const TagResource = lambda('TagResource', {
  target: ({ Resource }, call) => tagged(call, Resource),
  access: (target, { Tags: requestTags }) => [
    { action: 'lambda:TagResource', resource: target, requestTags },
  ],
  run({ input: { Resource, Tags: more }, target, call }) {
    retag(call, Resource, tagsWithin({ ...target.tags, ...more }))
    return {}
  },
})

export const UntagResource = lambda('UntagResource', {
  target: ({ Resource }, call) => tagged(call, Resource),
  access: (target, { TagKeys: tagKeys }) => [{ action: 'lambda:UntagResource', resource: target, tagKeys }],
  run({ input: { Resource, TagKeys }, target, call }) {
    retag(
      call,
      Resource,
      Object.fromEntries(Object.entries(target.tags ?? {}).filter(([key]) => !TagKeys.includes(key))),
    )
    return {}
  },
})

export const ListTags = lambda('ListTags', {
  target: ({ Resource }, call) => tagged(call, Resource),
  access: (target) => [{ action: 'lambda:ListTags', resource: target }],
  run: ({ target }) => ({ Tags: target.tags ?? {} }),
})

function mappingId(text: string): string | undefined {
  return /^event-source-mapping:([0-9a-f-]{36})$/.exec(parseArn(text)?.resource ?? '')?.[1]
}

function tagged(call: LambdaCall, text: string) {
  const uuid = mappingId(text)
  if (uuid !== undefined) return findMapping(call, uuid)
  if (!/^function:[^:]+$/.test(parseArn(text)?.resource ?? ''))
    throw faults.invalid(`'${text}' is no ARN of a function or of an event source mapping`)
  return findWholeFunction(call, text)
}

function retag(call: LambdaCall, text: string, tags: Tags): void {
  const uuid = mappingId(text)
  if (uuid !== undefined) {
    const mapping = findMapping(call, uuid)
    if (!(mapping instanceof Missing)) call.mappings.put(uuid, { ...mapping, tags })
    return
  }
  const found = findWholeFunction(call, text)
  if (!(found instanceof Missing))
    call.functions.in(found.account).put(found.document.name, { ...found.document, tags })
}
