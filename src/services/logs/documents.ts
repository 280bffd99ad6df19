import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type { AccessLogField } from '#core/access-log-fields.ts'
import type { MetricTransformation } from '#models/logs.d.ts'
import type { ArrivalCursor } from '#telemetry/index.ts'

// What CloudWatch Logs stores, in the account's region. Events are no documents: they are in src/telemetry/logs, under ids of groups and
// streams that nothing ever has a second time, so that a group made anew under an old name has none of the old one's events.

/** A data key under which events of a group are kept, encrypted by a KMS key. */
export interface DataKey {
  readonly id: string
  readonly kmsKeyId: string
  /** What KMS answered, in Base64: only KMS opens it. */
  readonly blob: string
}

export interface GroupDocument {
  readonly id: string
  readonly name: string
  readonly account: AccountId
  readonly region: string
  /** Without the `:*` that some answers put behind it. */
  readonly arn: Arn
  readonly createdAtMs: number
  readonly logGroupClass: 'STANDARD'
  readonly deletionProtected: boolean
  readonly tags: Tags
  readonly retentionInDays?: number | undefined
  /** What is written is sealed under the last data key while there is a KMS key. */
  readonly kmsKeyId?: string | undefined
  readonly dataKeys: readonly DataKey[]
}

export interface StreamDocument {
  readonly id: string
  readonly groupId: string
  readonly name: string
  readonly arn: Arn
  readonly createdAtMs: number
}

/** What both kinds of filters have. The id of a document is the group's and the filter's name. */
export interface FilterDocument {
  readonly groupId: string
  readonly groupName: string
  readonly filterName: string
  readonly filterPattern: string
  readonly createdAtMs: number
  /** Up to where it has read what arrived. */
  readonly cursor: ArrivalCursor
}

export interface MetricFilterDocument extends FilterDocument {
  readonly transformations: readonly MetricTransformation[]
}

export interface SubscriptionFilterDocument extends FilterDocument {
  readonly destinationArn: Arn
  /** Since when deliveries have failed, how often, and when the next is tried. */
  readonly failing?: { readonly sinceMs: number; readonly times: number; readonly nextMs: number } | undefined
}

export interface ResourcePolicyDocument {
  readonly policyName: string
  /** Users and roles by their unique ids. */
  readonly text: string
  readonly lastUpdatedMs: number
}

export interface QueryDocument {
  readonly queryId: string
  readonly queryString: string
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  /** Units: milliseconds since 1970; `toMs` itself is not in it. */
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
  readonly createdAtMs: number
  readonly userIdentity: string
  readonly cancelled: boolean
}

export interface QueryDefinitionDocument {
  readonly queryDefinitionId: string
  readonly name: string
  readonly queryString: string
  readonly logGroupNames: readonly string[]
  readonly lastModifiedMs: number
}

/** Something that logs. */
export interface DeliverySourceDocument {
  readonly name: string
  readonly arn: Arn
  /** A load balancer's. */
  readonly resourceArn: Arn
  readonly logType: 'ALB_ACCESS_LOGS'
  readonly tags: Tags
}

/** A log group that is delivered to. */
export interface DeliveryDestinationDocument {
  readonly name: string
  readonly arn: Arn
  /** The group's ARN as the caller gave it, and its name. */
  readonly resourceArn: string
  readonly groupName: string
  readonly outputFormat: 'plain' | 'json'
  readonly tags: Tags
}

export interface DeliveryDocument {
  readonly id: string
  readonly arn: Arn
  readonly sourceName: string
  readonly sourceArn: Arn
  readonly destinationName: string
  readonly destinationArn: Arn
  readonly recordFields: readonly AccessLogField[]
  readonly fieldDelimiter: string
  readonly tags: Tags
}

/** The id of what belongs to a group. */
export function within(group: Pick<GroupDocument, 'id'>, name: string): string {
  return `${group.id}:${name}`
}

export const groups = collection<GroupDocument>({
  service: 'logs',
  type: 'log-group',
  indexes: {
    id: { anywhere: ({ id }) => id },
    everywhere: { anywhere: () => 'all' },
    records: { anywhere: ({ tags }) => (tags['redoubt:records'] === undefined ? undefined : 'yes') },
  },
})

/** How far a group's events have become records. Their ids are the groups'. */
export const recordGroups = collection<{ readonly cursor: ArrivalCursor }>({
  service: 'logs',
  type: 'record-group',
  indexes: { everywhere: { anywhere: () => 'all' } },
  moved: () => ({ cursor: {} }),
})

export const streams = collection<StreamDocument>({
  service: 'logs',
  type: 'log-stream',
})

export const metricFilters = collection<MetricFilterDocument>({
  service: 'logs',
  type: 'metric-filter',
  moved: (filter) => ({ ...filter, cursor: {} }),
  indexes: { everywhere: { anywhere: () => 'all' } },
})

export const subscriptionFilters = collection<SubscriptionFilterDocument>({
  service: 'logs',
  type: 'subscription-filter',
  moved: (filter) => ({ ...filter, cursor: {} }),
  indexes: { everywhere: { anywhere: () => 'all' } },
})

export const resourcePolicies = collection<ResourcePolicyDocument>({
  service: 'logs',
  type: 'resource-policy',
})

export const queries = collection<QueryDocument>({
  service: 'logs',
  type: 'query',
  indexes: { everywhere: { anywhere: () => 'all' } },
})

export const queryDefinitions = collection<QueryDefinitionDocument>({
  service: 'logs',
  type: 'query-definition',
})

export const deliverySources = collection<DeliverySourceDocument>({
  service: 'logs',
  type: 'delivery-source',
  indexes: { resource: { anywhere: ({ resourceArn }) => resourceArn } },
})

export const deliveryDestinations = collection<DeliveryDestinationDocument>({
  service: 'logs',
  type: 'delivery-destination',
})

export const deliveries = collection<DeliveryDocument>({
  service: 'logs',
  type: 'delivery',
  indexes: { source: { anywhere: ({ sourceArn }) => sourceArn } },
})
