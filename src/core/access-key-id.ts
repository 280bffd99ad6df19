import { accountId, type AccountId } from './arn.ts'

/** AKIA for a user's or root's long-term key, ASIA for a session's. Source: IAM User Guide, "Understanding unique ID prefixes". */
export type AccessKeyPrefix = 'AKIA' | 'ASIA'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const form = /^(?:AKIA|ASIA)([A-Z2-7]{16})$/
/** Set in every key id that carries an account; ids from before 2019 begin with I or J, where it is clear. */
const mark = 1n << 79n
const accountShift = 39n
const accountBits = 40n
/** Units: bytes. What `newAccessKeyId` draws; 39 of these 40 bits are used. */
const randomLength = 5

/**
 * Makes an access key id, which carries its account as AWS's do: sixteen base32 digits are 80 bits, a mark, the account in 40 bits,
 * and 39 random ones.
 * Source: A. Steele, "AWS Access Key ID formats"; T. Be'ery, "A short note on AWS KEY ID" (mask 0x7fffffffff80 of six bytes).
 */
export function newAccessKeyId(
  prefix: AccessKeyPrefix,
  account: AccountId,
  randomBytes: (length: number) => Uint8Array,
): string {
  const random = BigInt(`0x${Buffer.from(randomBytes(randomLength)).toString('hex')}`)
  const value = mark | (BigInt(account) << accountShift) | BigInt.asUintN(Number(accountShift), random)
  let digits = ''
  for (let shift = 75n; shift >= 0n; shift -= 5n) digits += alphabet[Number((value >> shift) & 31n)] ?? ''
  return `${prefix}${digits}`
}

/** The account that an access key id carries; undefined for ids of another form, which carry none. */
export function accountOfAccessKeyId(accessKeyId: string): AccountId | undefined {
  const [, digits] = form.exec(accessKeyId) ?? []
  if (digits === undefined) return undefined
  let value = 0n
  for (const digit of digits) value = (value << 5n) | BigInt(alphabet.indexOf(digit))
  if ((value & mark) === 0n) return undefined
  const account = BigInt.asUintN(Number(accountBits), value >> accountShift)
  return accountId(account.toString().padStart(12, '0')) // 40 bits hold thirteen digits too: those are none.
}
