import { createHash } from 'node:crypto'

/**
 * The browser's work: a count for which SHA-256 of `<id>.<count>` begins with `bits` zero bits. It costs the edge one hash to check.
 * A page of a slow telephone does some 300,000 hashes a second, so that 2^16 of them take a fifth of a second there; a farm of
 * machines does them cheaply, and pays for each address and each five minutes. Units: bits.
 */
export const workBits = { challenge: 16, captcha: 16, question: 19 } as const

/** Short, so that each hash is of one block. */
const countForm = /^(?:0|[1-9]\d{0,11})$/

export function isWorkDone(id: string, count: string, bits: number): boolean {
  if (!countForm.test(count)) return false
  const digest = createHash('sha256').update(`${id}.${count}`).digest()
  return digest.readUInt32BE(0) >>> (32 - bits) === 0
}
