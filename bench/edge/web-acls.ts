import type { Rule, Statement } from '@aws-sdk/client-wafv2'
import { managedRuleGroups } from '#engines/waf/index.ts'

/** Rules that refer to every managed rule group, save those for one page of an application; bot control only counts: clients of APIs are programs. */
export function everyManagedGroup(): readonly Rule[] {
  return managedRuleGroups()
    .filter(({ needsSettings }) => !needsSettings)
    .map(({ VendorName, Name }, Priority) => ({
      Name,
      Priority,
      Statement: { ManagedRuleGroupStatement: { VendorName, Name } },
      OverrideAction: Name === 'AWSManagedRulesBotControlRuleSet' ? { Count: {} } : { None: {} },
      VisibilityConfig: visibilityOf(Name),
    }))
}

/** So many rules of a team's own, of the kinds that there are most of, none of which a benign request matches. */
export function someRules(count: number, addressSet: string): readonly Rule[] {
  return Array.from({ length: count }, (_, n) => ({
    Name: `rule-${n}`,
    Priority: n,
    Statement: n === 0 ? { IPSetReferenceStatement: { ARN: addressSet } } : statement(n),
    Action: { Block: {} },
    VisibilityConfig: visibilityOf(`rule-${n}`),
  }))
}

function statement(n: number): Statement {
  const TextTransformations = [{ Priority: 0, Type: 'NONE' as const }]
  const match = (FieldToMatch: object, text: string, PositionalConstraint: 'EXACTLY' | 'STARTS_WITH') => ({
    ByteMatchStatement: {
      FieldToMatch,
      SearchString: Buffer.from(text),
      PositionalConstraint,
      TextTransformations,
    },
  })
  switch (n % 5) {
    case 0:
      return match({ UriPath: {} }, `/internal/${n}`, 'STARTS_WITH')
    case 1:
      return match({ UriPath: {} }, `/old/page-${n}.php`, 'EXACTLY')
    case 2:
      return match({ SingleHeader: { Name: 'user-agent' } }, `bad-client/${n}`, 'EXACTLY')
    case 3:
      return {
        RegexMatchStatement: {
          FieldToMatch: { QueryString: {} },
          RegexString: `(^|&)debug${n}=[0-9]+`,
          TextTransformations,
        },
      }
    default:
      return { LabelMatchStatement: { Scope: 'LABEL', Key: `team:mark-${n}` } }
  }
}

/** Everything is counted and sampled, as the console's defaults have it. */
export function visibilityOf(MetricName: string) {
  return { MetricName, SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true }
}
