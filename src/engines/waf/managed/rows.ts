import { detection, type EngineStatement, textTest, type TextTest } from '../statements/index.ts'
import type { Part } from '../texts/index.ts'
import type { RuleRow } from './group.ts'

/** How the labels of AWS's rules spell the part that a rule looks at; most write it so, not as the rule's name does. */
const labelParts = {
  URIPATH: 'URIPath',
  QUERYARGUMENTS: 'QueryArguments',
  QUERYSTRING: 'QueryString',
  HEADER: 'Header',
  COOKIE: 'Cookie',
  BODY: 'Body',
} as const

/** A part as rules' names spell it: a query string is read as its arguments. */
export type NamedPart = keyof typeof labelParts

function partOf(named: NamedPart): Part {
  return named === 'QUERYSTRING' ? 'QUERYARGUMENTS' : named
}

function rows(
  attack: string,
  parts: readonly NamedPart[],
  statement: (part: Part) => EngineStatement,
): readonly RuleRow[] {
  return parts.map((part) => ({
    name: `${attack}_${part}`,
    label: `${attack}_${labelParts[part]}`,
    statement: statement(partOf(part)),
  }))
}

/** A rule `<attack>_<PART>` for each part, with the detectors' answers. */
export function detecting(
  attack: string,
  detectors: readonly string[],
  parts: readonly NamedPart[],
): readonly RuleRow[] {
  return rows(attack, parts, (part) => detection(part, detectors))
}

/** The same, with a predicate's answers about each text. */
export function testing(
  attack: string,
  parts: readonly NamedPart[],
  test: TextTest | TextTest['test'],
): readonly RuleRow[] {
  return rows(attack, parts, (part) => textTest(part, test))
}
