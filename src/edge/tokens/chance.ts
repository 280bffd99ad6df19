/** Choices made of unpredictable bytes. */
export interface Chance {
  /** From 0 to below `count`, each nearly as likely: the bias is below one in 10,000 for small counts. */
  readonly below: (count: number) => number
  /** From `low` to `high`. */
  readonly between: (low: number, high: number) => number
  readonly oneOf: <Value>(values: readonly [Value, ...Value[]]) => Value
}

export function createChance(randomBytes: (length: number) => Buffer): Chance {
  const unit = (): number => randomBytes(4).readUInt32BE(0) / 2 ** 32
  return {
    below: (count) => Math.floor(unit() * count),
    between: (low, high) => low + unit() * (high - low),
    oneOf: (values) => values[Math.floor(unit() * values.length)] ?? values[0],
  }
}
