import type { Signal } from '../../signal.ts'
import type { AnyDetector } from '../../detector.ts'

/** What a signal weighs: its own severity, else its type's. */
export type SeverityOf = (signal: Signal) => number

/** A type that no detector declares weighs as a low one: it cannot make an attack alone. */
const unknownSeverity = 2

/** Reads severities off the detectors that find the types. */
export function severitiesOf(detectors: readonly AnyDetector[]): SeverityOf {
  const byType = new Map(
    detectors.flatMap(({ finds }) =>
      Object.entries(finds).map(([type, { severity }]) => [type, severity] as const),
    ),
  )
  return ({ type, severity }) => severity ?? byType.get(type) ?? unknownSeverity
}
