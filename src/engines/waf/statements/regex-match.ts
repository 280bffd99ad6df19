import { members, type Read } from '../read.ts'
import { invalid, nonexistent } from '../refusal.ts'
import { checkPattern } from '../regex.ts'
import { checkInspected, inputOf, inspected, inspectedPrice } from './inspected.ts'
import { type Build, matchKind } from './kind.ts'
import { anyOf } from './logic.ts'
import { arn } from '../names.ts'

const regexString: Read<string> = (value, field, name) => {
  if (typeof value !== 'string') throw invalid(field, name, 'must be a string')
  return checkPattern(value, field)
}

const readOne = members({ ...inspected, RegexString: regexString }, 'STATEMENT')

/** Looks for a regular expression. */
export const regexMatch = matchKind({
  read: () => (value, field, name) => {
    const body = readOne(value, field, name)
    checkInspected(body, false)
    return body
  },
  price: (body) => inspectedPrice(3, body),
  compile: (body, build) => inputOf(body, build).search.expression(body.RegexString),
})

const readSet = members({ ...inspected, ARN: arn }, 'REGEX_PATTERN_REFERENCE_STATEMENT')

/** Source: AWS WAF quotas, "Maximum number of regex patterns in a pattern set". */
const patternsMax = 10

/** Looks for any of a pattern set's regular expressions. */
export const regexPatternSetReference = matchKind({
  read: () => (value, field, name) => {
    const body = readSet(value, field, name)
    checkInspected(body, false)
    return body
  },
  price: (body) => inspectedPrice(25, body),
  compile(body, build) {
    const { search } = inputOf(body, build)
    const found = patternsOf(body.ARN, build).map((pattern) => search.expression(pattern))
    // A field that answers for itself does so whatever is looked for, so a set of none asks as one that cannot match.
    return found.length === 0 ? inputOf(body, build).some(() => false) : anyOf(found)
  },
})

function patternsOf(set: string, { world }: Build): readonly string[] {
  const patterns = world.regexPatternSet(set)
  if (patterns === undefined)
    throw nonexistent('REGEX_PATTERN_REFERENCE_STATEMENT', set, 'there is no such regex pattern set')
  if (patterns.length > patternsMax)
    throw invalid('REGEX_PATTERN_SET', set, `must have at most ${patternsMax} patterns`)
  return patterns.map((pattern) => checkPattern(pattern, 'REGEX_PATTERN_SET'))
}
