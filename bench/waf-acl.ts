import {
  type CompiledWebACL,
  compileWebACL,
  managedRuleGroup,
  managedRuleGroups,
  SlidingCounter,
  type World,
} from '#engines/waf/index.ts'

const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true }
const groups = managedRuleGroups().filter(({ needsSettings }) => !needsSettings)

/** A world with the managed rule groups that guard every request, and nothing else in it. */
export const world: World = {
  addressSet: () => undefined,
  regexPatternSet: () => undefined,
  ruleGroup: () => undefined,
  managedRuleGroup: (vendor, name, version) => managedRuleGroup(groups, vendor, name, version),
  locate: () => undefined,
  autonomousSystem: () => undefined,
}

/** A web ACL that lets pass what none of these rules, in the members of AWS's Rule save those that all share, ends. */
export function webACL(
  name: string,
  rules: readonly { readonly Name: string; readonly Statement: unknown }[],
  around: World = world,
): CompiledWebACL {
  const outcome = compileWebACL(
    {
      Name: name,
      ARN: `arn:aws:wafv2:us-east-1:111122223333:regional/webacl/${name}/1`,
      LabelNamespace: `awswaf:111122223333:webacl:${name}:`,
      DefaultAction: { Allow: {} },
      VisibilityConfig: { ...visibility, MetricName: name },
      Rules: rules.map((rule, Priority) => ({
        Priority,
        VisibilityConfig: { ...visibility, MetricName: rule.Name },
        ...rule,
      })),
    },
    around,
    new SlidingCounter(),
  )
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal))
  return outcome.value
}

/** The web ACL of every group; bot control only counts: it is for who wants no programs at all, and APIs' clients are some. */
export function everyGroup(): CompiledWebACL {
  return webACL(
    'every-group',
    groups.map(({ VendorName, Name }) => ({
      Name,
      Statement: { ManagedRuleGroupStatement: { VendorName, Name } },
      OverrideAction: Name === 'AWSManagedRulesBotControlRuleSet' ? { Count: {} } : { None: {} },
    })),
  )
}
