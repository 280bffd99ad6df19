import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type {
  DetectorStatus,
  FeatureAdditionalConfiguration,
  FeatureStatus,
  FilterAction,
  FindingCriteria,
  FindingPublishingFrequency,
  IpSetFormat,
  IpSetStatus,
} from '#models/guardduty.d.ts'

// What GuardDuty stores, in the account's Region. Everything has its id as id.

/** A feature, as it was set last. */
export interface Feature {
  readonly status: FeatureStatus
  readonly updatedAtMs: number
  readonly additional?: Readonly<
    Partial<
      Record<FeatureAdditionalConfiguration, { readonly status: FeatureStatus; readonly updatedAtMs: number }>
    >
  >
}

/** A detector: there is at most one in an account's Region. */
export interface DetectorDocument {
  readonly arn: Arn
  readonly id: string
  readonly status: DetectorStatus
  readonly publishingFrequency: FindingPublishingFrequency
  /** By the feature's name. */
  readonly features: Readonly<Record<string, Feature>>
  readonly tags: Tags
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** A finding as the wire has it: what events, criteria and exports speak of. */
export type WireFinding = Readonly<Record<string, unknown>>

export interface FindingDocument {
  readonly id: string
  readonly detectorId: string
  /** What signals must share to be of this finding: a digest of type and key. */
  readonly key: string
  /** GuardDuty's JSON. */
  readonly finding: WireFinding
  readonly archived: boolean
  /** Archived by its detector's filters, not by somebody. */
  readonly suppressed: boolean
  readonly updatedAtMs: number
  /** When it was told last; there is more to tell where `dueAtMs` is set. */
  readonly publishedAtMs?: number | undefined
  readonly dueAtMs?: number | undefined
}

/** Records whose signals are counted in findings, though the state that has seen them may not be on disk yet. See `runner/`. */
export interface CountedDocument {
  readonly detectorId: string
  /** Digests of the records. */
  readonly records: readonly string[]
}

export interface FilterDocument {
  readonly arn: Arn
  readonly detectorId: string
  readonly name: string
  readonly description?: string | undefined
  readonly action: FilterAction
  readonly rank: number
  readonly criteria: FindingCriteria
  readonly tags: Tags
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** What a list is for: addresses that are trusted, addresses that are a threat; with `entity` also domains. */
export type ListKind = 'ipset' | 'threatintelset' | 'threatentityset' | 'trustedentityset'

/** A list that somebody keeps in a bucket. */
export interface ListDocument {
  readonly arn: Arn
  readonly kind: ListKind
  readonly id: string
  readonly detectorId: string
  readonly name: string
  readonly format: IpSetFormat
  readonly location: string
  readonly bucketOwner?: string | undefined
  /** ACTIVATING until its file was read. */
  readonly status: IpSetStatus
  readonly errorDetails?: string | undefined
  /** Which reading of the file counts: one more with each activation. */
  readonly reading: number
  readonly tags: Tags
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** A bucket that findings are exported to. */
export interface DestinationDocument {
  readonly arn: Arn
  readonly id: string
  readonly detectorId: string
  readonly destinationArn: string
  readonly kmsKeyArn?: string | undefined
  readonly bucketOwner?: string | undefined
  /** Since when nothing could be exported; absent while all is well. */
  readonly failingSinceMs?: number | undefined
  readonly tags: Tags
  readonly createdAtMs: number
}

/** A finding on its way to a destination; gone once it is there. */
export interface ExportDocument {
  readonly destinationId: string
  readonly finding: WireFinding
  readonly atMs: number
}

/** An account that an administrator has added, in the administrator's account. Its id is the account's. */
export interface MemberDocument {
  readonly accountId: AccountId
  readonly administratorId: AccountId
  readonly email: string
  readonly status: 'Created' | 'Invited' | 'Enabled' | 'Disabled' | 'Removed' | 'Resigned'
  readonly invitationId?: string | undefined
  readonly invitedAtMs?: number | undefined
  readonly updatedAtMs: number
}

/** An invitation, in the account that was invited. Its id is the administrator's account. */
export interface InvitationDocument {
  readonly administratorId: AccountId
  readonly invitationId: string
  readonly invitedAtMs: number
  /** Accepted: that account administers this one. There is one such at most. */
  readonly accepted: boolean
}

export const detectors = collection<DetectorDocument>({
  service: 'guardduty',
  type: 'detector',
  indexes: {
    enabledAnywhere: { anywhere: ({ status }) => (status === 'ENABLED' ? 'yes' : undefined) },
    allAnywhere: { anywhere: () => 'all' },
  },
})

export const findings = collection<FindingDocument>({
  service: 'guardduty',
  type: 'finding',
  indexes: {
    key: ({ key }) => key,
    dueAnywhere: { anywhere: ({ dueAtMs }) => (dueAtMs === undefined ? undefined : 'yes') },
  },
})

export const counted = collection<CountedDocument>({
  service: 'guardduty',
  type: 'counted',
  indexes: { all: { anywhere: () => 'all' } },
})

export const lists = collection<ListDocument>({
  service: 'guardduty',
  type: 'list',
  indexes: {
    kind: ({ kind }) => kind,
    inForceAnywhere: {
      anywhere: ({ status }) => (status === 'ACTIVE' || status === 'ACTIVATING' ? 'yes' : undefined),
    },
  },
})

/** Their ids are their names. */
export const filters = collection<FilterDocument>({ service: 'guardduty', type: 'filter' })

export const destinations = collection<DestinationDocument>({
  service: 'guardduty',
  type: 'publishing-destination',
})

export const exports = collection<ExportDocument>({
  service: 'guardduty',
  type: 'export',
  indexes: { all: { anywhere: () => 'all' } },
})

export const members = collection<MemberDocument>({ service: 'guardduty', type: 'member' })

export const invitations = collection<InvitationDocument>({
  service: 'guardduty',
  type: 'invitation',
  indexes: { accepted: ({ accepted }) => (accepted ? 'yes' : undefined) },
})
