import { timingSafeEqual } from 'node:crypto'
import { defaultCost, isBearable, type ScryptCost, stretch } from './scrypt.ts'

const storedForm =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/
const hashBytes = 32
const saltBytes = 16

/** Hashes a password for keeping: `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`. Takes a tenth of a second, off the main thread. */
export async function hashPassword(
  password: string,
  randomBytes: (length: number) => Uint8Array,
  cost: ScryptCost = defaultCost,
): Promise<string> {
  const salt = Buffer.from(randomBytes(saltBytes))
  const hash = await stretch(password, salt, hashBytes, cost)
  const { log2N, r, p } = cost
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/**
 * Whether a password is the hashed one; the comparison takes the same time wherever they differ.
 * Faults: throws on a stored text that `hashPassword` did not write, since that is a damaged store and not a wrong password.
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, log2N, r, p, salt = '', hash = ''] = storedForm.exec(stored) ?? []
  const cost: ScryptCost = { log2N: Number(log2N), r: Number(r), p: Number(p) }
  if (!isBearable(cost)) throw new Error('a stored password hash is damaged')
  const given = await stretch(password, Buffer.from(salt, 'base64url'), hashBytes, cost)
  return timingSafeEqual(given, Buffer.from(hash, 'base64url'))
}
