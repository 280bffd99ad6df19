/** A condition of a statement: one operator on one key. */
export interface Condition {
  readonly operator: string
  /** Lower case. */
  readonly key: string
  readonly values: readonly string[]
}

/**
 * Keys that tell who may come or from where: fixed to a value, they keep strangers out. `…arn` and `…account` name an account.
 * Source: S3 User Guide, "The meaning of 'public'"; IAM User Guide, "AWS global condition context keys".
 */
const narrowingKeys: ReadonlySet<string> = new Set([
  ...['aws:sourceip', 'aws:vpcsourceip', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:sourceowner', 'aws:userid'],
  ...['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths', 'aws:principalarn'],
  ...['aws:principalaccount', 'aws:principalorgid', 'aws:principalorgpaths', 'aws:principalservicename'],
  ...['s3:dataaccesspointarn', 's3:dataaccesspointaccount', 'kms:calleraccount', 'aws:calledvia'],
  ...['lambda:functionarn', 'sns:endpoint', 'saml:aud', 'saml:sub'],
])

const positive = /^(?:ForAnyValue:)?(?:StringEquals(?:IgnoreCase)?|StringLike|ArnEquals|ArnLike|IpAddress)$/
const negative =
  /^(?:ForAnyValue:)?(?:StringNotEquals(?:IgnoreCase)?|StringNotLike|ArnNotEquals|ArnNotLike|NotIpAddress)(?:IfExists)?$/

/** The condition lets in only whom it names. `…IfExists` and `ForAllValues` hold for requests without the key too, so they name nobody. */
export function keepsOut(condition: Condition): boolean {
  const { operator, key, values } = condition
  if (values.length === 0) return false
  if (operator === 'Bool') return key === 'aws:principalisawsservice' && values.every((one) => one === 'true')
  return positive.test(operator) && narrowingKeys.has(key) && values.every(isFixed(key))
}

/** In a Deny: all but those whom it names are refused. */
export function refusesOthers({ operator, key, values }: Condition): boolean {
  return negative.test(operator) && narrowingKeys.has(key) && values.length > 0 && values.every(isFixed(key))
}

/** The accounts that a narrowing condition names, where it names accounts. */
export function accountsNamed({ key, values }: Condition): readonly string[] {
  if (key === 'kms:calleraccount' || key.endsWith('account') || key === 'aws:sourceowner') return values
  return key.endsWith('arn') ? values.flatMap((value) => accountOfArn(value) ?? []) : []
}

/** The account of an ARN, where it has one. */
export function accountOfArn(arn: string): string | undefined {
  const account = arn.startsWith('arn:') ? arn.split(':', 5)[4] : undefined
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined
}

function isFixed(key: string): (value: string) => boolean {
  if (key === 'aws:sourceip' || key === 'aws:vpcsourceip') return (value) => !isWide(value)
  if (key.endsWith('arn')) return (value) => accountOfArn(value) !== undefined
  return (value) => !/^[*?]/.test(value) // A name with an open end still begins as its owner chose.
}

/**
 * A range that holds so much of the internet that it narrows nothing; the private networks are no part of it.
 * Source: S3 User Guide, "The meaning of 'public'": broader than /8 (IPv4) or /32 (IPv6).
 */
export function isWide(cidr: string): boolean {
  const [address = '', bits] = cidr.split('/', 2)
  if (bits === undefined) return false
  const length = Number(bits)
  return address.includes(':') ? length < 32 && !/^f[cd]/i.test(address) : length < 8
}
