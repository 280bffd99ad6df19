import type { Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type {
  DetectorStatus,
  FeatureAdditionalConfiguration,
  FeatureStatus,
  FilterAction,
  FindingCriteria,
  FindingPublishingFrequency,
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

export const detectors = collection<DetectorDocument>({
  service: 'guardduty',
  type: 'detector',
  indexes: { enabledAnywhere: { anywhere: ({ status }) => (status === 'ENABLED' ? 'yes' : undefined) } },
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

/** Their ids are their names. */
export const filters = collection<FilterDocument>({ service: 'guardduty', type: 'filter' })
