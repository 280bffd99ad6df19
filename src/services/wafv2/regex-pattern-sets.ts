import { checkRegex } from '#engines/waf/index.ts'
import type { Regex } from '#models/wafv2.d.ts'
import { wafv2 } from './declare.ts'
import { creationAccess, find, newEntity, put, regexPatternSet, summaryOf, updated } from './entities.ts'
import { deletion, listing } from './entity-operations.ts'
import { faults, refused } from './faults.ts'
import { quotas } from './quotas.ts'

/** Creates a set of regular expressions for rules to refer to. */
export const CreateRegexPatternSet = wafv2('CreateRegexPatternSet', {
  access: (_, input, call) => creationAccess(call, 'wafv2:CreateRegexPatternSet', regexPatternSet, input),
  run({ input, call }) {
    const patterns = checked(input.RegularExpressionList)
    const set = { ...newEntity(call, regexPatternSet, input), patterns }
    put(call, regexPatternSet, set)
    return { Summary: summaryOf(set) }
  },
})

/** Shows a set with its expressions and its lock token. */
export const GetRegexPatternSet = wafv2('GetRegexPatternSet', {
  target: (input, call) => find(call, regexPatternSet, input),
  access: (set) => [{ action: 'wafv2:GetRegexPatternSet', resource: set }],
  run({ target: { name, id, arn, description, patterns, lockToken } }) {
    const RegularExpressionList = patterns.map((RegexString) => ({ RegexString }))
    const set = { Name: name, Id: id, ARN: arn, Description: description, RegularExpressionList }
    return { RegexPatternSet: set, LockToken: lockToken }
  },
})

/** Replaces a set's expressions. Faults: WAFOptimisticLockException; those of CreateRegexPatternSet. */
export const UpdateRegexPatternSet = wafv2('UpdateRegexPatternSet', {
  target: (input, call) => find(call, regexPatternSet, input),
  access: (set) => [{ action: 'wafv2:UpdateRegexPatternSet', resource: set }],
  run({ target, input, call }) {
    const set = { ...updated(call, target, input), patterns: checked(input.RegularExpressionList) }
    put(call, regexPatternSet, set)
    return { NextLockToken: set.lockToken }
  },
})

/** Deletes a set that no rule refers to. */
export const DeleteRegexPatternSet = deletion('DeleteRegexPatternSet', regexPatternSet)

/** Lists the sets of a scope. */
export const ListRegexPatternSets = listing('ListRegexPatternSets', regexPatternSet)

function checked(list: readonly Regex[]): readonly string[] {
  if (list.length > quotas.patternsPerSet) throw faults.limit('REGEX_PATTERN_SET')
  return list.map(({ RegexString = '' }) => {
    const read = checkRegex(RegexString)
    if (!read.ok) throw refused(read.refusal)
    return read.value
  })
}
