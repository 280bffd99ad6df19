import { Missing, type Resource } from '#core/resource.ts'
import type { Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { tagList } from '#core/tag-list.ts'
import { placeOf, readRuleArn } from './arns.ts'
import { putBus } from './buses.ts'
import { events, type EventsCall, on } from './declare.ts'
import { type BusDocument, type RuleDocument, ruleId } from './documents.ts'
import { faults } from './faults.ts'
import { asResource, busAt, ruleConditions } from './find.ts'
import { tagsOf, withTags } from './tag-list.ts'

/** Faults: ResourceNotFoundException; LimitExceededException; ValidationException. */
export const TagResource = events('TagResource', {
  target: ({ ResourceARN }, call) => findTagged(call, ResourceARN),
  access: (thing, { Tags }) => [
    { ...on('TagResource', thing, conditionsOf(thing)), requestTags: tagsOf(Tags) },
  ],
  run({ target, input: { Tags }, call }) {
    put(call, target, withTags(target.thing.tags, Tags))
    return {}
  },
})

/** Faults: ResourceNotFoundException. */
export const UntagResource = events('UntagResource', {
  target: ({ ResourceARN }, call) => findTagged(call, ResourceARN),
  access: (thing, { TagKeys }) => [{ ...on('UntagResource', thing, conditionsOf(thing)), tagKeys: TagKeys }],
  run({ target, input: { TagKeys }, call }) {
    const left = Object.entries(target.thing.tags).filter(([key]) => !TagKeys.includes(key))
    put(call, target, Object.fromEntries(left))
    return {}
  },
})

/** Faults: ResourceNotFoundException. */
export const ListTagsForResource = events('ListTagsForResource', {
  target: ({ ResourceARN }, call) => findTagged(call, ResourceARN),
  access: (thing) => [on('ListTagsForResource', thing, conditionsOf(thing))],
  run: ({ target }) => ({ Tags: tagList(target.thing.tags) }),
})

interface Tagged extends Resource {
  readonly thing: BusDocument | RuleDocument
}

function findTagged(call: EventsCall, text: string): Tagged | Missing {
  const bus = placeOf(text, 'event-bus')
  const rule = readRuleArn(text)
  const place = bus ?? rule
  if (!place) throw faults.validation('Parameter ResourceARN is not valid.')
  const own = place.account === call.account && place.region === call.region
  if (own && bus) {
    const found = busAt(call, bus)
    if (found) return { arn: found.arn, tags: asResource(found).tags, thing: found }
  }
  const thing = own && rule ? call.rules.get(ruleId(rule.bus, rule.rule)) : undefined
  if (thing) return { arn: thing.arn, tags: thing.tags, thing }
  const missing = rule ? faults.noSuchRule(rule.rule, rule.bus) : faults.noSuchBus(bus?.name ?? '')
  return new Missing(text as Arn, missing) // Its parser has read it.
}

function conditionsOf(found: Tagged | Missing) {
  return found instanceof Missing || !('createdBy' in found.thing) ? {} : ruleConditions(found.thing)
}

function put(call: EventsCall, { thing }: Tagged, tags: Tags): void {
  if ('createdBy' in thing) call.rules.put(ruleId(thing.bus, thing.name), { ...thing, tags })
  else putBus(call, { ...thing, tags })
}
