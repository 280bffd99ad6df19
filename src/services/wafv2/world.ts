import {
  addressSet,
  managedRuleGroup,
  managedRuleGroups,
  type ManagedRuleGroup,
  type RuleGroupSource,
  type World,
} from '#engines/waf/index.ts'
import type { Reader } from '#core/store/index.ts'
import type { Entity, RuleGroupDocument } from './documents.ts'
import { type EntityKind, ipSet, regexPatternSet, ruleGroup } from './entities.ts'
import { parseEntityArn, type Place } from './places.ts'
import { restored } from './stored-rules.ts'

/**
 * What the rules of a place refer to, as it is stored: things of the same region and scope. They may be another account's, as those of
 * a shared rule group are; whether an owner may refer to them is authorized when it is saved.
 * Addresses are located by the edge alone: nothing is inspected here.
 */
export function storedWorld(reader: Reader, partition: string, { region }: Pick<Place, 'region'>): World {
  const find = <D extends Entity>({ kind, collection }: EntityKind<D>, arn: string): D | undefined => {
    const named = parseEntityArn({ partition }, arn)
    if (named?.kind !== kind || named.place.region !== region) return undefined
    const entity = reader.get(collection, named.place, named.id)
    return entity?.name === named.name ? entity : undefined
  }
  return {
    addressSet(arn) {
      const set = find(ipSet, arn)
      const read = set && addressSet(set.addresses)
      return read?.ok ? read.value : undefined
    },
    regexPatternSet: (arn) => find(regexPatternSet, arn)?.patterns,
    ruleGroup(arn) {
      const group = find(ruleGroup, arn)
      return group && groupSource(group)
    },
    managedRuleGroup: (vendor, name, version) => managedRuleGroup(managed(), vendor, name, version),
    locate: () => undefined,
    autonomousSystem: () => undefined,
  }
}

let made: readonly ManagedRuleGroup[] | undefined

/** Every managed rule group, made when the first is asked for. */
export function managed(): readonly ManagedRuleGroup[] {
  return (made ??= managedRuleGroups())
}

/** A stored rule group as the engine reads it. */
export function groupSource(group: RuleGroupDocument): RuleGroupSource {
  return {
    Name: group.name,
    Capacity: group.capacity,
    LabelNamespace: labelNamespace(group),
    Rules: restored(group.rules),
    CustomResponseBodies: group.bodies,
  }
}

/** What labels of an owner's rules begin with. Source: AWS WAF Developer Guide, "Label syntax and naming requirements". */
export function labelNamespace({ place, kind, name }: Entity): string {
  return `awswaf:${place.account}:${kind}:${name}:`
}
