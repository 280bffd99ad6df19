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
  const [prefix, partition, service, region, account, ...resource] = text.split(':')
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined)
    return undefined
  if (resource.length === 0 || resource.join(':') === '') return undefined
  return { partition, service, region, account, resource: resource.join(':') }
}
