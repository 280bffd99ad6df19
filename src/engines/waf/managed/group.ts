import type { RuleGroupSource } from '../request.ts'

/** A managed rule group as a listing shows it and as a web ACL uses it. */
export interface ManagedRuleGroup extends RuleGroupSource {
  readonly VendorName: string
  readonly Description: string
  /** From the oldest; a group without versions has one content at all times. */
  readonly Versions: readonly string[]
  readonly Rules: readonly ManagedRule[]
  /** Whether a web ACL must say what it guards, in `ManagedRuleGroupConfigs`. */
  readonly needsSettings: boolean
}

/** A rule of a managed group, in the members of AWS's Rule. */
export interface ManagedRule {
  readonly Name: string
  readonly Priority: number
  readonly Statement: unknown
  readonly Action: { readonly Block: object } | { readonly Count: object } | { readonly Challenge: object }
  readonly RuleLabels: readonly { readonly Name: string }[]
  readonly VisibilityConfig: {
    readonly MetricName: string
    readonly SampledRequestsEnabled: boolean
    readonly CloudWatchMetricsEnabled: boolean
  }
}

/** A group's row: what is its own, and its rules in the order in which they are asked. */
export interface GroupRow {
  readonly vendor: 'AWS' | 'Redoubt'
  readonly name: string
  /** What the labels of its rules stand under, within the vendor's namespace. */
  readonly labels: string
  /** Capacity units. Source, for the groups of AWS: AWS WAF Developer Guide, "AWS Managed Rules rule groups list". */
  readonly capacity: number
  readonly description: string
  readonly versions?: readonly []
  readonly rules: readonly RuleRow[]
  readonly needsSettings?: true
  /** Of a group with settings: its rules by what a web ACL gives. */
  readonly configured?: ((configs: readonly unknown[]) => readonly RuleRow[]) | undefined
}

/** A rule of a group, which blocks unless it `counts` or `challenges`. */
export interface RuleRow {
  readonly name: string
  readonly label: string
  readonly statement: unknown
  readonly counts?: true
  readonly challenges?: true
}

export function ruleGroup(row: GroupRow): ManagedRuleGroup {
  const { configured } = row
  return {
    ...(configured && {
      configure: (configs: readonly unknown[]) =>
        ruleGroup({ ...row, configured: undefined, rules: configured(configs) }),
    }),
    VendorName: row.vendor,
    Name: row.name,
    Description: row.description,
    Capacity: row.capacity,
    LabelNamespace: `awswaf:managed:${row.vendor.toLowerCase()}:${row.labels}:`,
    needsSettings: row.needsSettings ?? false,
    Versions: row.versions ?? ['Version_1.0'],
    Rules: row.rules.map(({ name, label, statement, counts, challenges }, Priority) => ({
      Name: name,
      Priority,
      Statement: statement,
      Action: challenges === true ? { Challenge: {} } : counts === true ? { Count: {} } : { Block: {} },
      RuleLabels: [{ Name: label }],
      VisibilityConfig: { MetricName: name, SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true },
    })),
  }
}
