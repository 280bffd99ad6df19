/** A full Amazon Resource Name, minted by `arn` or `parseArn` only. */
export type Arn = string & { readonly __brand: 'Arn' }

/** Twelve digits, minted by `accountId` only. */
export type AccountId = string & { readonly __brand: 'AccountId' }

/** The parts of an ARN. `resource` keeps its own colons and slashes. Source: IAM User Guide, "Amazon Resource Names (ARNs)". */
export interface ArnParts {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** The account id that a text is, or undefined when it is none. */
export function accountId(text: string): AccountId | undefined {
  return /^\d{12}$/.test(text) ? (text as AccountId) : undefined // Minted here, after the check.
}

/** Writes an ARN; `region` and `account` are empty where the service leaves them out. */
export function arn(parts: ArnParts): Arn {
  const { partition, service, region, account, resource } = parts
  return `arn:${partition}:${service}:${region}:${account}:${resource}` as Arn // Minted here, from its parts.
}

/** Reads an ARN, or gives undefined when the text is none. The resource may hold anything but nothing. */
export function parseArn(text: string): ArnParts | undefined {
  if (!text.startsWith('arn:')) return undefined
  // Colons are looked for one by one: every call reads an ARN several times, and a split copies the resource's own parts.
  const service = text.indexOf(':', 4)
  const region = text.indexOf(':', service + 1)
  const account = text.indexOf(':', region + 1)
  const resource = text.indexOf(':', account + 1)
  const inOrder = 4 < service && service + 1 < region && region < account && account < resource
  if (!inOrder || resource + 1 === text.length) return undefined
  return {
    partition: text.slice(4, service),
    service: text.slice(service + 1, region),
    region: text.slice(region + 1, account),
    account: text.slice(account + 1, resource),
    resource: text.slice(resource + 1),
  }
}
