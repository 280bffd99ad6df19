import type { Branch, Field } from '../pattern/pattern.ts'
import { type Token, tokenOf } from './token.ts'

/** The one field by which a branch is found. */
export interface KeyField {
  readonly path: readonly string[]
  readonly tokens: readonly Token[]
}

interface Candidate extends KeyField {
  readonly labels: readonly string[]
}

/** What finding by any value weighs against a shared value: every event that has the field leads there. */
const anyWeight = 4

/**
 * For each branch the field that it shares with the fewest: what many rules ask alike, such as the source, tells them not apart.
 * `undefined` where a missing field is all that a branch asks for.
 */
export function keyFields(branches: readonly Branch[]): readonly (KeyField | undefined)[] {
  const sharers = new Map<string, number>()
  const candidates = branches.map((fields) => fields.flatMap(candidateOf))
  for (const { labels } of candidates.flat())
    for (const label of labels) sharers.set(label, (sharers.get(label) ?? 0) + 1)
  return candidates.map((fields) => {
    let best: Candidate | undefined
    let fewest = Number.POSITIVE_INFINITY
    for (const field of fields) {
      const shared = Math.max(...field.labels.map((label) => sharers.get(label) ?? 0))
      const weight = field.tokens.some(({ kind }) => kind === 'any') ? anyWeight * shared + anyWeight : shared
      if (weight < fewest) [best, fewest] = [field, weight]
    }
    return best
  })
}

function candidateOf({ path, tests }: Field): readonly Candidate[] {
  const tokens: Token[] = []
  for (const test of tests) {
    const token = tokenOf(test)
    if (token === undefined) return []
    tokens.push(token)
  }
  const name = JSON.stringify(path)
  return [{ path, tokens, labels: tokens.map((token) => `${name} ${label(token)}`) }]
}

/** Tokens that one value may meet share a label, as far as that is cheap to see. */
function label(token: Token): string {
  switch (token.kind) {
    case 'exact':
      return `${typeof token.value} ${token.value}`
    case 'prefix':
    case 'suffix':
    case 'any-case':
      return `${token.kind} ${token.text}`
    case 'numbers':
    case 'addresses':
      return `${token.kind} ${token.first} ${token.last}`
    case 'any':
      return 'any'
  }
}
