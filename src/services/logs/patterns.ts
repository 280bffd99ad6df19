import { Bounded } from '#core/bounded.ts'
import { type FilterPattern, parseFilterPattern } from '#engines/log-filter/index.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

const compiled = new Bounded<string, ReturnType<typeof parseFilterPattern>>(1_024)

/** A filter pattern, compiled. Faults: InvalidParameterException. */
export function patternOf(text: string): FilterPattern {
  const read = compiled.of(text, () => parseFilterPattern(text))
  if (!read.ok) throw faults.invalid(`Invalid filter pattern: ${read.reason}`)
  if (read.pattern.regularExpressions > quotas.regularExpressionsPerPattern)
    throw faults.invalid(
      `A filter pattern may have ${quotas.regularExpressionsPerPattern} regular expressions at most.`,
    )
  return read.pattern
}
