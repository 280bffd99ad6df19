import { type Wafv2Call, wafv2 } from './declare.ts'
import type { WebACLDocument } from './documents.ts'
import { find, webACL } from './entities.ts'
import { faults } from './faults.ts'
import { textIn, valuesOf } from './statements-in.ts'
import { storedWorld } from './world.ts'

/** Source: AWS WAFV2 API, GetRateBasedStatementManagedKeys: up to 10,000 addresses. */
const addressesMax = 10_000

/**
 * Shows the addresses that a rate-based rule holds back now, as the edge counts them.
 * Faults: WAFNonexistentItemException for a rule that is not there, or not rate-based; WAFUnsupportedAggregateKeyTypeException where it
 * counts by anything but addresses.
 */
export const GetRateBasedStatementManagedKeys = wafv2('GetRateBasedStatementManagedKeys', {
  target: ({ Scope, WebACLName, WebACLId }, call) =>
    find(call, webACL, { Scope, Name: WebACLName, Id: WebACLId }),
  access: (acl) => [{ action: 'wafv2:GetRateBasedStatementManagedKeys', resource: acl }],
  prepare({ target: acl, input: { RuleName, RuleGroupRuleName }, call }) {
    const keyType = textIn(rateStatement(call, acl, RuleName, RuleGroupRuleName), 'AggregateKeyType')
    if (keyType !== 'IP' && keyType !== 'FORWARDED_IP') throw faults.unsupportedKeyType()
    return call.parts.edge.rateLimited({
      webACL: acl.arn,
      ruleName: RuleName,
      ruleGroupRuleName: RuleGroupRuleName,
      max: addressesMax,
    })
  },
  run({ prepared: addresses }) {
    return {
      ManagedKeysIPV4: {
        IPAddressVersion: 'IPV4',
        Addresses: addresses.filter((address) => !address.includes(':')).map((address) => `${address}/32`),
      },
      ManagedKeysIPV6: {
        IPAddressVersion: 'IPV6',
        Addresses: addresses.filter((address) => address.includes(':')).map((address) => `${address}/128`),
      },
    }
  },
})

function rateStatement(
  call: Wafv2Call,
  acl: WebACLDocument,
  ruleName: string,
  inner: string | undefined,
): unknown {
  const named = ruleOf(acl.rules, ruleName)
  const [group] = valuesOf([named], 'RuleGroupReferenceStatement')
  const world = storedWorld(call.tx, call.partition, acl.place)
  const rule =
    inner === undefined ? named : ruleOf(world.ruleGroup(textIn(group, 'ARN') ?? '')?.Rules ?? [], inner)
  const [statement] = valuesOf([rule], 'RateBasedStatement')
  if (statement === undefined) throw faults.nonexistent()
  return statement
}

function ruleOf(rules: readonly unknown[], name: string): unknown {
  return rules.find((rule) => textIn(rule, 'Name') === name)
}
