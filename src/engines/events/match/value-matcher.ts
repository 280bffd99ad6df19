import { parseAddress } from '../pattern/address.ts'
import type { Scalar, ValueTest } from '../pattern/pattern.ts'
import { AnyCase } from './ignore-case.ts'
import { wildcardMatcher } from './wildcard.ts'

/** Whether the value at a leaf is one that a pattern names. */
export type ValueMatcher = (value: Scalar) => boolean

/**
 * Any of the tests. Source: EventBridge User Guide, "Comparison operators"; that anything-but takes values of every type is
 * event-ruler's `ByteMachine`.
 */
export function valueMatcher(tests: readonly ValueTest[]): ValueMatcher {
  const exact = new Set<Scalar>()
  const matchers: ValueMatcher[] = []
  for (const test of tests) {
    if (test.kind === 'equals') exact.add(test.value)
    else if (test.kind !== 'absent') matchers.push(matcherOf(test))
  }
  if (matchers.length === 0) {
    const [only] = exact
    if (exact.size === 1) return (value) => value === only
    return (value) => exact.has(value)
  }
  const [single] = matchers
  if (exact.size === 0 && matchers.length === 1 && single !== undefined) return single
  return (value) => exact.has(value) || matchers.some((matches) => matches(value))
}

function matcherOf(test: Exclude<ValueTest, { readonly kind: 'equals' | 'absent' }>): ValueMatcher {
  switch (test.kind) {
    case 'equals-ignore-case': {
      const text = new AnyCase(test.text)
      return (value) => typeof value === 'string' && text.endOf(value, 0) === value.length
    }
    case 'prefix':
    case 'suffix':
      return affixMatcher(test.kind, test.text, test.ignoreCase)
    case 'wildcard': {
      const matches = wildcardMatcher(test.pieces)
      return (value) => typeof value === 'string' && matches(value)
    }
    case 'numeric': {
      const { low, lowOpen, high, highOpen } = test
      return (value) =>
        typeof value === 'number' &&
        (lowOpen ? value > low : value >= low) &&
        (highOpen ? value < high : value <= high)
    }
    case 'address': {
      const { first, last } = test
      return (value) => {
        const address = typeof value === 'string' ? parseAddress(value) : undefined
        return address?.length === first.length && first <= address && address <= last
      }
    }
    case 'exists':
      return () => true
    case 'anything-but': {
      const excluded = valueMatcher(test.tests)
      return (value) => !excluded(value)
    }
  }
}

function affixMatcher(kind: 'prefix' | 'suffix', text: string, ignoreCase: boolean): ValueMatcher {
  if (!ignoreCase)
    return kind === 'prefix'
      ? (value) => typeof value === 'string' && value.startsWith(text)
      : (value) => typeof value === 'string' && value.endsWith(text)
  const anyCase = new AnyCase(text)
  return kind === 'prefix'
    ? (value) => typeof value === 'string' && anyCase.endOf(value, 0) >= 0
    : (value) => typeof value === 'string' && anyCase.ends(value)
}
