import { exactlyOne, type Read } from '../read.ts'
import { invalid } from '../refusal.ts'
import { byteMatch } from './byte-match.ts'
import { sqliMatch, xssMatch } from './injection-match.ts'
import { ipSetReference } from './ip-set-reference.ts'
import { EngineStatement, type MatchStatement, type ReadStatement, type Statement } from './kind.ts'
import { labelMatch } from './label-match.ts'
import { and, not, or } from './logic.ts'
import { asnMatch, geoMatch } from './origin.ts'
import { rateBased } from './rate-based.ts'
import { regexMatch, regexPatternSetReference } from './regex-match.ts'
import { managedRuleGroup, ruleGroupReference } from './rule-group.ts'
import { sizeConstraint } from './size-constraint.ts'

export { detection, predicate, textTest, type TextTest } from './detection.ts'
export { type Build, EngineStatement, type Statement } from './kind.ts'

/** Every kind of statement; to add one, a row. Source: AWS WAFV2 API, Statement. */
const kinds: Readonly<Record<string, ReadStatement>> = {
  AndStatement: and,
  AsnMatchStatement: asnMatch,
  ByteMatchStatement: byteMatch,
  GeoMatchStatement: geoMatch,
  IPSetReferenceStatement: ipSetReference,
  LabelMatchStatement: labelMatch,
  ManagedRuleGroupStatement: managedRuleGroup,
  NotStatement: not,
  OrStatement: or,
  RateBasedStatement: rateBased,
  RegexMatchStatement: regexMatch,
  RegexPatternSetReferenceStatement: regexPatternSetReference,
  RuleGroupReferenceStatement: ruleGroupReference,
  SizeConstraintStatement: sizeConstraint,
  SqliMatchStatement: sqliMatch,
  XssMatchStatement: xssMatch,
}

const readers: ReadonlyMap<string, ReadStatement> = new Map(Object.entries(kinds))
const union = exactlyOne('STATEMENT', [...readers.keys()])

/** Statements nest this deep at most. Source: our own; AWS states none, its console shows three. */
const nestingMax = 20

/** Reads a rule's statement and all that is in it. */
export function readStatement(value: unknown, depth = 1): Statement {
  if (depth > nestingMax) throw invalid('STATEMENT', 'Statement', `must not nest deeper than ${nestingMax}`)
  if (value instanceof EngineStatement) return value
  const [name, body] = union(value, 'STATEMENT', 'Statement')
  const read = readers.get(name)
  if (read === undefined) throw invalid('STATEMENT', name, 'is not supported')
  const inner: Read<MatchStatement> = (nested) => {
    const statement = readStatement(nested, depth + 1)
    if (statement.form === 'group' || !statement.nestable)
      throw invalid('STATEMENT', Object.keys(nested ?? {}).join(), `must not stand within ${name}`)
    return statement
  }
  return read(body, inner)
}
