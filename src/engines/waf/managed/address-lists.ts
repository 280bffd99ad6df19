import { type EngineStatement, predicate } from '../statements/index.ts'
import type { GroupRow, RuleRow } from './group.ts'
import type { AddressList, ManagedSources } from './sources.ts'

/** A statement that holds where a list has the client's address. */
export function listed(list: AddressList, { lists }: ManagedSources): EngineStatement {
  return predicate(({ clientAddress }) => clientAddress !== undefined && lists[list].has(clientAddress))
}

const rule = (list: AddressList, sources: ManagedSources): RuleRow => ({
  name: list,
  label: list,
  statement: listed(list, sources),
})

export function ipReputation(sources: ManagedSources): GroupRow {
  return {
    vendor: 'AWS',
    name: 'AWSManagedRulesAmazonIpReputationList',
    labels: 'amazon-ip-list',
    capacity: 25,
    description:
      'Addresses known for attacks, as far as this installation has lists of them; without, it matches nothing.',
    versions: [],
    rules: [
      rule('AWSManagedIPReputationList', sources),
      rule('AWSManagedReconnaissanceList', sources),
      { ...rule('AWSManagedIPDDoSList', sources), counts: true },
    ],
  }
}

export function anonymousAddresses(sources: ManagedSources): GroupRow {
  return {
    vendor: 'AWS',
    name: 'AWSManagedRulesAnonymousIpList',
    labels: 'anonymous-ip-list',
    capacity: 50,
    description:
      'Proxies, relays and hosting providers, as far as this installation has lists of them; without, it matches nothing.',
    versions: [],
    rules: [rule('AnonymousIPList', sources), rule('HostingProviderIPList', sources)],
  }
}
