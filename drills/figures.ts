// Figures of many measurements.

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

/** The value that so large a share of all does not exceed: 0.99. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** The first third of something that came one after another, and the last. */
export function thirds<Value>(
  values: readonly Value[],
): readonly [first: readonly Value[], last: readonly Value[]] {
  const length = Math.ceil(values.length / 3)
  return [values.slice(0, length), values.slice(-length)]
}
