import { createHash } from 'node:crypto'
import type { Scope } from '#core/store/index.ts'

/** What ids begin with. Source: EC2 User Guide, "Resource IDs": a prefix and 17 hexadecimal characters. */
export type IdPrefix = 'vpc' | 'vpc-cidr-assoc' | 'subnet' | 'sg' | 'sgr' | 'fl'

const digits = 17

/** The id of something new. */
export function newId(prefix: IdPrefix, randomBytes: (length: number) => Buffer): string {
  return `${prefix}-${randomBytes(9).toString('hex').slice(0, digits)}`
}

/** The id of something that an account has without anybody making it: the same on every worker, after every restart. */
export function defaultId(prefix: IdPrefix, { account, region }: Scope, which = ''): string {
  const name = ['redoubt default network', account, region, prefix, which].join('\0')
  return `${prefix}-${createHash('sha256').update(name).digest('hex').slice(0, digits)}`
}
