import type { ManagedRuleGroup } from '#engines/waf/index.ts'
import type { ManagedProductDescriptor, RuleAction } from '#models/wafv2.d.ts'
import { wafv2 } from './declare.ts'
import { faults } from './faults.ts'
import { pageOf } from './paging.ts'
import { managed } from './world.ts'

/** Lists the managed rule groups that web ACLs can refer to. */
export const ListAvailableManagedRuleGroups = wafv2('ListAvailableManagedRuleGroups', {
  access: () => [{ action: 'wafv2:ListAvailableManagedRuleGroups', resource: '*' }],
  run({ input }) {
    const { items, ...next } = pageOf(managed(), (group) => `${group.VendorName} ${group.Name}`, input)
    return {
      ManagedRuleGroups: items.map(({ VendorName, Name, Description, Versions }) => ({
        VendorName,
        Name,
        Description,
        VersioningSupported: Versions.length > 0,
      })),
      ...next,
    }
  },
})

/** When these contents were last changed: the project's own date, as AWS's groups say when theirs was. */
const updatedAt = new Date('2026-11-26T00:00:00Z')

/** Lists the versions of a managed rule group; a group without versions has none. */
export const ListAvailableManagedRuleGroupVersions = wafv2('ListAvailableManagedRuleGroupVersions', {
  access: () => [{ action: 'wafv2:ListAvailableManagedRuleGroupVersions', resource: '*' }],
  run({ input }) {
    const { Versions } = find(input)
    const { items, ...next } = pageOf(Versions, (version) => version, input)
    return {
      Versions: items.map((Name) => ({ Name, LastUpdateTimestamp: updatedAt })),
      CurrentDefaultVersion: Versions.at(-1),
      ...next,
    }
  },
})

/** Shows what a managed rule group is made of: its rules' names and actions, its labels and its capacity. */
export const DescribeManagedRuleGroup = wafv2('DescribeManagedRuleGroup', {
  access: () => [{ action: 'wafv2:DescribeManagedRuleGroup', resource: '*' }],
  run({ input }) {
    const group = find(input)
    const version = input.VersionName ?? group.Versions.at(-1)
    if (version !== undefined && !group.Versions.includes(version)) throw faults.nonexistent()
    const labels = group.Rules.flatMap(({ RuleLabels }) =>
      RuleLabels.map(({ Name }) => group.LabelNamespace + Name),
    )
    return {
      VersionName: version,
      Capacity: group.Capacity,
      Rules: group.Rules.map(({ Name, Action }) => ({ Name, Action: Action as RuleAction })), // In the model's form.
      LabelNamespace: group.LabelNamespace,
      AvailableLabels: [...new Set(labels)].map((Name) => ({ Name })),
    }
  },
})

/** Lists the managed rule groups as products: each is free and of one vendor. */
export const DescribeAllManagedProducts = wafv2('DescribeAllManagedProducts', {
  access: () => [{ action: 'wafv2:DescribeAllManagedProducts', resource: '*' }],
  run: () => ({ ManagedProducts: managed().map(product) }),
})

/** Lists the products of one vendor. */
export const DescribeManagedProductsByVendor = wafv2('DescribeManagedProductsByVendor', {
  access: () => [{ action: 'wafv2:DescribeManagedProductsByVendor', resource: '*' }],
  run: ({ input }) => ({
    ManagedProducts: managed()
      .filter(({ VendorName }) => VendorName === input.VendorName)
      .map(product),
  }),
})

function find({
  VendorName,
  Name,
}: {
  readonly VendorName: string
  readonly Name: string
}): ManagedRuleGroup {
  const found = managed().find((group) => group.VendorName === VendorName && group.Name === Name)
  if (found === undefined) throw faults.nonexistent()
  return found
}

function product({ VendorName, Name, Description, Versions }: ManagedRuleGroup): ManagedProductDescriptor {
  return {
    VendorName,
    ManagedRuleSetName: Name,
    ProductTitle: Name,
    ProductDescription: Description,
    IsVersioningSupported: Versions.length > 0,
    IsAdvancedManagedRuleSet: false,
  }
}
