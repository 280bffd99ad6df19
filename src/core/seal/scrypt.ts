import { scrypt, type ScryptOptions, scryptSync } from 'node:crypto'

/** scrypt's cost. Memory: 128 * 2^log2N * r bytes. */
export interface ScryptCost {
  readonly log2N: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and about a tenth of a second. Source: OWASP Password Storage Cheat Sheet, scrypt, the row N=2^15, r=8, p=3. */
export const defaultCost: ScryptCost = { log2N: 15, r: 8, p: 3 }

/** Limits on what stored parameters may ask for: 256 MiB, so that a changed file cannot exhaust the machine. */
export function isBearable({ log2N, r, p }: ScryptCost): boolean {
  const whole = [log2N, r, p].every((value) => Number.isInteger(value) && value > 0)
  return whole && log2N >= 10 && log2N <= 18 && r <= 16 && p <= 16 && 128 * 2 ** log2N * r <= 2 ** 28
}

/** Off the main thread. Units: `length` in bytes. */
export function stretch(
  password: string,
  salt: Uint8Array,
  length: number,
  cost: ScryptCost,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, optionsOf(cost), (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** On the calling thread, for start-up alone. */
export function stretchSync(password: string, salt: Uint8Array, length: number, cost: ScryptCost): Buffer {
  return scryptSync(password, salt, length, optionsOf(cost))
}

function optionsOf({ log2N, r, p }: ScryptCost): ScryptOptions {
  const N = 2 ** log2N
  return { N, r, p, maxmem: 128 * N * r + 128 * r * p + 2 ** 20 }
}
