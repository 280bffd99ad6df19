/**
 * The managed rule groups: under AWS's names, rules and labels with content of our own, and groups of our own.
 * To add one: a file that exports its row, and the row here.
 */
import type { RuleGroupSource } from '../request.ts'
import { anonymousAddresses, ipReputation } from './address-lists.ts'
import { accountCreation } from './account-creation.ts'
import { accountTakeover } from './account-takeover.ts'
import { adminProtection } from './admin-protection.ts'
import { botControl } from './bot-control.ts'
import { coreRuleSet } from './core-rule-set.ts'
import { type ManagedRuleGroup, ruleGroup } from './group.ts'
import { knownBadInputs } from './known-bad-inputs.ts'
import { linuxSystem } from './linux.ts'
import { phpApplication } from './php.ts'
import { posixSystem } from './posix.ts'
import { redoubtInjection } from './redoubt-injection.ts'
import { redoubtProtocol } from './redoubt-protocol.ts'
import { type ManagedSources, noSources } from './sources.ts'
import { sqlDatabase } from './sql-database.ts'
import { windowsSystem } from './windows.ts'
import { wordPressApplication } from './wordpress.ts'

export type { ManagedRule, ManagedRuleGroup } from './group.ts'
export { type AddressList, addressLists, type ManagedSources, noSources } from './sources.ts'

/** Every managed rule group, with the host's lists of addresses and its answers about bots. */
export function managedRuleGroups(sources: ManagedSources = noSources): readonly ManagedRuleGroup[] {
  return [
    coreRuleSet,
    adminProtection,
    knownBadInputs,
    sqlDatabase,
    linuxSystem,
    posixSystem,
    windowsSystem,
    phpApplication,
    wordPressApplication,
    ipReputation(sources),
    anonymousAddresses(sources),
    botControl(sources),
    accountTakeover(sources),
    accountCreation(sources),
    redoubtInjection,
    redoubtProtocol,
  ].map(ruleGroup)
}

/** The group of this vendor and name, in this version or in the default one: what `World.managedRuleGroup` answers. */
export function managedRuleGroup(
  groups: readonly ManagedRuleGroup[],
  vendor: string,
  name: string,
  version: string | undefined,
): RuleGroupSource | undefined {
  const group = groups.find(({ VendorName, Name }) => VendorName === vendor && Name === name)
  return version === undefined || group?.Versions.includes(version) === true ? group : undefined
}
