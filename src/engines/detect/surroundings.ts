/** What a list says of an address or a domain. */
export type Threat =
  | 'malicious'
  | 'custom'
  | 'tor'
  | 'command-and-control'
  | 'cryptocurrency'
  | 'drop-point'
  | 'black-hole'
  | 'drive-by'
  | 'phishing'
  | 'reputation-malicious'
  | 'reputation-suspicious'
  | 'reputation-abused'
  | 'reputation-cryptocurrency'
  | 'generated'

/** An address or a domain that stands in a list. */
export interface Listing {
  readonly threat: Threat
  /** The list's name, as findings show it. */
  readonly list: string
  /** Names of the threat, where the list gives some. */
  readonly names?: readonly string[] | undefined
}

/** Where an address belongs. */
export interface Origin {
  /** Two letters of ISO 3166. */
  readonly country?: string | undefined
  readonly asn?: number | undefined
  readonly organization?: string | undefined
}

/** What is known beside the records: threat lists, trusted addresses, where addresses belong. Constant for a detection, and quick. */
export interface Surroundings {
  /** Empty where it is trusted or stands in no list. */
  readonly address: (address: string) => readonly Listing[]
  /** Of a domain and those above it. */
  readonly domain: (name: string) => readonly Listing[]
  readonly origin: (address: string) => Origin
  /** An address of this cloud: of functions, load balancers, instances. */
  readonly isOwn: (address: string) => boolean
  /** Accounts of the same organization, and the own one. */
  readonly isOwnAccount: (account: string) => boolean
}

/** Nothing is known. */
export const unknownSurroundings: Surroundings = {
  address: () => [],
  domain: () => [],
  origin: () => ({}),
  isOwn: () => false,
  isOwnAccount: () => false,
}
