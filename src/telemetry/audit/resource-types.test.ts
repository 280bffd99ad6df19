// Goal: records name the resources of WAFv2, whose ARNs say the scope before the type.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namedResource } from './resource-types.ts'

test('resource types of WAFv2', () => {
  const account = '111122223333'
  const rows = [
    ['regional/webacl/a/1', 'AWS::WAFv2::WebACL'],
    ['global/webacl/a/1', 'AWS::WAFv2::WebACL'],
    ['regional/rulegroup/a/1', 'AWS::WAFv2::RuleGroup'],
    ['regional/ipset/a/1', 'AWS::WAFv2::IPSet'],
    ['global/regexpatternset/a/1', 'AWS::WAFv2::RegexPatternSet'],
  ] as const
  let ran = 0
  for (const [resource, type] of rows) {
    const named = namedResource(`arn:aws:wafv2:us-east-1:${account}:${resource}`)
    assert.deepEqual(named, { type, name: 'a/1', account }, resource)
    ran += 1
  }
  assert.equal(ran, 5)
})
