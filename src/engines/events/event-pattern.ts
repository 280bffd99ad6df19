import { withoutDottedNames } from './match/dotted-names.ts'
import { isObject, matchesBranch } from './match/match.ts'
import { type PatternNode, patternNodes } from './match/pattern-node.ts'
import { parseBranches, patternCharactersMax } from './pattern/parse.ts'
import type { Branch } from './pattern/pattern.ts'

/** A pattern that was read; what it says is its own affair. */
export class EventPattern {
  readonly branches: readonly CompiledBranch[]

  constructor(branches: readonly Branch[]) {
    const roots = patternNodes(branches)
    this.branches = branches.flatMap((fields, index) => {
      const root = roots[index]
      return root === undefined ? [] : [{ fields, root }]
    })
  }
}

export interface CompiledBranch {
  readonly fields: Branch
  readonly root: PatternNode
}

export type ParsedPattern =
  { readonly ok: true; readonly pattern: EventPattern } | { readonly ok: false; readonly reason: string }

/**
 * Reads an event pattern, or says why it is none, in AWS's words: what follows "Event pattern is not valid. Reason: ".
 *
 * Source: EventBridge User Guide, "Amazon EventBridge event patterns" and "Comparison operators"; PutRule,
 * InvalidEventPatternException.
 */
export function parsePattern(text: string, charactersMax = patternCharactersMax): ParsedPattern {
  const parsed = parseBranches(text, charactersMax)
  return parsed.ok ? { ok: true, pattern: new EventPattern(parsed.branches) } : parsed
}

/**
 * Whether an event, as JSON.parse reads it, matches. What is no object matches nothing.
 * Differs: numbers are compared as JavaScript reads them, so two that differ behind their 17th digit are the same.
 */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  if (!isObject(event)) return false
  const plain = withoutDottedNames(event)
  return pattern.branches.some(({ root }) => matchesBranch(root, plain))
}

/**
 * The texts of which a pattern asks a field to be one, whichever way its `$or`s lead; `undefined` where a way asks the field for anything
 * else, or for nothing. `path`: the names that lead to it, none with a dot.
 */
export function namedTexts(
  { branches }: EventPattern,
  path: readonly string[],
): readonly string[] | undefined {
  const name = path.join('.')
  const texts = new Set<string>()
  for (const { fields } of branches) {
    const field = fields.find((one) => one.path.join('.') === name)
    if (field === undefined) return undefined
    for (const test of field.tests) {
      if (test.kind !== 'equals' || typeof test.value !== 'string') return undefined
      texts.add(test.value)
    }
  }
  return [...texts]
}
