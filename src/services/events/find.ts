import { Missing, type Resource } from '#core/resource.ts'
import type { Conditions } from '#core/operation.ts'
import { busArn, type BusPlace, defaultBus, readBus, ruleArn } from './arns.ts'
import type { EventsCall } from './declare.ts'
import { type BusDocument, buses, type RuleDocument, ruleId } from './documents.ts'
import { faults } from './faults.ts'

/** A bus as a call found it. */
export interface FoundBus extends Resource {
  readonly bus: BusDocument
}

/** The bus that a name or an ARN means, of whatever account; the default one is always there. */
function findBus(call: EventsCall, text: string | undefined): FoundBus | Missing {
  const place = readBus(call, text)
  if (!place) throw faults.validation('Parameter EventBusName is not valid.')
  const bus = busAt(call, place)
  return bus ? asResource(bus) : new Missing(busArn(place), faults.noSuchBus(place.name))
}

/** The bus of the call's own account and Region that a name or an ARN means: rules are put on no other. */
export function findOwnBus(call: EventsCall, text: string | undefined): FoundBus | Missing {
  const place = readBus(call, text)
  if (place && place.account !== call.account) return new Missing(busArn(place), faults.noSuchBus(place.name))
  return findBus(call, text)
}

/** The bus of a place, where it is in the call's Region. */
export function busAt(call: EventsCall, place: BusPlace): BusDocument | undefined {
  if (place.region !== call.region) return undefined
  const { account, region, name } = place
  return (
    call.tx.get(buses, { account, region }, name) ?? (name === defaultBus ? newDefault(place) : undefined)
  )
}

/** The default bus before anybody changed it. */
function newDefault(place: BusPlace): BusDocument {
  return { arn: busArn(place), name: defaultBus, tags: {}, createdAtMs: 0, modifiedAtMs: 0 }
}

export function asResource(bus: BusDocument): FoundBus {
  return {
    arn: bus.arn,
    tags: bus.tags,
    bus,
    ...(bus.policy !== undefined && {
      resourcePolicy: { kind: 'resource', text: bus.policy, required: false },
    }),
  }
}

/** The place of a bus that rules are put on: one of the call's own account and Region. Faults: ValidationException. */
export function ownPlace(call: EventsCall, text: string | undefined): BusPlace {
  const place = readBus(call, text)
  if (!place) throw faults.validation('Parameter EventBusName is not valid.')
  return place
}

/** A rule of one of the call's own buses. */
export function findRule(
  call: EventsCall,
  name: string,
  busText: string | undefined,
): RuleDocument | Missing {
  const place = ownPlace(call, busText)
  const own = place.account === call.account && place.region === call.region
  const rule = own ? call.rules.get(ruleId(place.name, name)) : undefined
  return rule ?? new Missing(ruleArn(place, place.name, name), missingRule(call, place, name))
}

/** A bus that is not there is told of before a rule that is not. */
function missingRule(call: EventsCall, place: BusPlace, name: string) {
  const bus = place.account === call.account ? busAt(call, place) : undefined
  return bus ? faults.noSuchRule(name, place.name) : faults.noSuchBus(place.name)
}

/** What policies may ask about a rule. Source: AWS service reference, events. */
export function ruleConditions(rule: RuleDocument | Missing): Conditions {
  if (rule instanceof Missing) return {}
  return { 'events:creatorAccount': rule.createdBy }
}
