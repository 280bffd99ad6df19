import type { Branch, Field } from '../pattern/pattern.ts'
import { type Token, tokenOf } from './token.ts'

/** The one field by which a branch is found. */
export interface KeyField {
  readonly path: readonly string[]
  readonly tokens: readonly Token[]
}

interface Candidate extends KeyField {
  /** How many branches share the value that the most share. */
  readonly weight: number
}

/** What finding by any value weighs against a shared value: every event that has the field leads there. */
const anyWeight = 4

/**
 * For each branch the field that it shares with the fewest: what many rules ask alike, such as the source, tells them not apart.
 * `undefined` where a missing field is all that a branch asks for.
 */
export function keyFields(branches: readonly Branch[]): readonly (KeyField | undefined)[] {
  const candidates = weigh(countFields(branches))
  return branches.map((fields) => {
    let best: Candidate | undefined
    for (const field of fields) {
      const candidate = candidates.get(field)
      if (candidate !== undefined && candidate.weight < (best?.weight ?? Number.POSITIVE_INFINITY))
        best = candidate
    }
    return best
  })
}

function countFields(branches: readonly Branch[]): ReadonlyMap<Field, number> {
  const counts = new Map<Field, number>()
  for (const fields of branches) for (const field of fields) counts.set(field, (counts.get(field) ?? 0) + 1)
  return counts
}

function weigh(counts: ReadonlyMap<Field, number>): ReadonlyMap<Field, Candidate> {
  const sharers = new Map<string, number>()
  const found = new Map<Field, { readonly tokens: readonly Token[]; readonly labels: readonly string[] }>()
  for (const [field, count] of counts) {
    const tokens = tokensOf(field)
    if (tokens === undefined) continue
    const path = JSON.stringify(field.path)
    const labels = [...new Set(tokens.map((token) => `${path} ${label(token)}`))]
    found.set(field, { tokens, labels })
    for (const each of labels) sharers.set(each, (sharers.get(each) ?? 0) + count)
  }
  return new Map(
    [...found].map(([field, { tokens, labels }]) => {
      const shared = Math.max(...labels.map((each) => sharers.get(each) ?? 0))
      const weight = tokens.some(({ kind }) => kind === 'any') ? anyWeight * (shared + 1) : shared
      return [field, { path: field.path, tokens, weight }]
    }),
  )
}

function tokensOf({ tests }: Field): readonly Token[] | undefined {
  const tokens: Token[] = []
  for (const test of tests) {
    const token = tokenOf(test)
    if (token === undefined) return undefined
    tokens.push(token)
  }
  return tokens
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
