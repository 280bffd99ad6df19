import type { Address, AddressSet } from '../address.ts'

/** What only the host can know of a client; asked for each request, so that the host may exchange what answers. */
export interface ManagedSources {
  /** The lists of addresses, by the names of the rules that ask them. */
  readonly lists: { readonly [Name in AddressList]: AddressSet }
  /** Whether the client at this address is the bot that its user agent names; `name` as in the bot's label. */
  readonly isVerifiedBot: (name: string, address: Address) => boolean
  /** Whether a user's name and password are known to be in others' hands. */
  readonly isCompromised: (username: string, password: string) => boolean
}

/** The lists of addresses; of the last, data centers that bots are known to come from. */
export const addressLists = [
  'AWSManagedIPReputationList',
  'AWSManagedReconnaissanceList',
  'AWSManagedIPDDoSList',
  'AnonymousIPList',
  'HostingProviderIPList',
  'KnownBotDataCenters',
] as const

export type AddressList = (typeof addressLists)[number]

const empty: AddressSet = { has: () => false }

/**
 * A host that knows nothing: its lists are empty and no bot is verified, so that the rules about them never match.
 *
 * Differs: AWS's lists come from its own observation of the network; there is no public source with their content.
 */
export const noSources: ManagedSources = {
  lists: {
    AWSManagedIPReputationList: empty,
    AWSManagedReconnaissanceList: empty,
    AWSManagedIPDDoSList: empty,
    AnonymousIPList: empty,
    HostingProviderIPList: empty,
    KnownBotDataCenters: empty,
  },
  isVerifiedBot: () => false,
  isCompromised: () => false,
}
