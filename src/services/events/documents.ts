import type { Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import { collection } from '#core/store/index.ts'
import type {
  ApiDestinationHttpMethod,
  ConnectionAuthorizationType,
  ReplayState,
  RuleState,
  Target,
} from '#models/events.d.ts'

import { sealedAuthorization } from './sealed.ts'

// What EventBridge stores, in the account's Region. Everything that can be named has its name as id.

/** A bus. The default one has no document until it has a policy, a description or tags. */
export interface BusDocument {
  readonly arn: Arn
  readonly name: string
  readonly description?: string | undefined
  /** Users and roles stand in it by their unique ids. */
  readonly policy?: string | undefined
  readonly tags: Tags
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

/** A target as it was put: only members that are acted on are there. */
export type StoredTarget = Pick<
  Target,
  | 'Id'
  | 'Arn'
  | 'RoleArn'
  | 'Input'
  | 'InputPath'
  | 'InputTransformer'
  | 'SqsParameters'
  | 'HttpParameters'
  | 'DeadLetterConfig'
  | 'RetryPolicy'
>

/** A rule with its targets. Its id: `bus/name`. */
export interface RuleDocument {
  readonly arn: Arn
  readonly name: string
  readonly bus: string
  readonly state: RuleState
  readonly eventPattern?: string | undefined
  readonly scheduleExpression?: string | undefined
  readonly description?: string | undefined
  readonly roleArn?: string | undefined
  /** The service that made it and alone changes it. */
  readonly managedBy?: string | undefined
  readonly createdBy: string
  readonly targets: readonly StoredTarget[]
  readonly tags: Tags
  /** When its schedule is due; there while it has one and is enabled. Milliseconds since 1970. */
  readonly dueAtMs?: number | undefined
}

/** An event on its way to one target of a rule; gone once it has arrived, or is given up. */
export interface DeliveryDocument {
  readonly bus: string
  readonly ruleArn: Arn
  readonly ruleName: string
  /** As it was when the event matched. */
  readonly target: StoredTarget
  /** JSON, as targets get it where nothing transforms it. */
  readonly event: string
  readonly traceHeader?: string | undefined
  /** How many buses handed it on. */
  readonly hops: number
  readonly acceptedAtMs: number
  /** How often it was tried in vain. */
  readonly attempts: number
  readonly dueAtMs: number
}

export interface ConnectionDocument {
  readonly arn: Arn
  readonly name: string
  readonly description?: string | undefined
  readonly type: ConnectionAuthorizationType
  /** An `Authorization`, sealed for the ARN; gone once it is deauthorized. */
  readonly sealed?: string | undefined
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export interface ApiDestinationDocument {
  readonly arn: Arn
  readonly name: string
  readonly description?: string | undefined
  readonly connectionArn: Arn
  readonly connection: string
  readonly endpoint: string
  readonly method: ApiDestinationHttpMethod
  readonly ratePerSecond: number
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

/** An archive; its events are in files, those that came just now in documents. */
export interface ArchiveDocument {
  readonly arn: Arn
  readonly name: string
  /** Names its files and documents, which an archive of the same name made later does not find. */
  readonly key: string
  readonly bus: string
  readonly busArn: Arn
  readonly description?: string | undefined
  readonly eventPattern?: string | undefined
  /** 0: for ever. */
  readonly retentionDays: number
  readonly createdAtMs: number
}

/** An event that is not in its archive's file yet; gone once it is. */
export interface ArrivalDocument {
  /** Keys of the archives that it is for. */
  readonly archives: readonly string[]
  /** JSON, as targets got it. */
  readonly event: string
  readonly acceptedAtMs: number
}

/** What the file of one day of an archive holds. Its id: `key/day`. */
export interface ArchiveDayDocument {
  readonly archive: string
  readonly day: string
  /** So much of the file counts. */
  readonly bytes: number
  readonly events: number
  /** Of its events' own times. Milliseconds since 1970. */
  readonly firstMs: number
  readonly lastMs: number
}

export interface ReplayDocument {
  readonly arn: Arn
  readonly name: string
  readonly description?: string | undefined
  readonly state: ReplayState
  readonly stateReason?: string | undefined
  readonly archive: string
  readonly archiveArn: Arn
  readonly bus: string
  readonly busArn: Arn
  /** ARNs of the rules that alone are sent its events; undefined for all of the bus. */
  readonly rules?: readonly string[] | undefined
  readonly fromMs: number
  readonly untilMs: number
  readonly startedAtMs: number
  readonly endedAtMs?: number | undefined
  /** The time of the event that was replayed last. */
  readonly lastMs?: number | undefined
  /** Where it goes on. */
  readonly cursor?: { readonly day: string; readonly at: number } | undefined
}

/** The id of a rule's document. */
export function ruleId(bus: string, rule: string): string {
  return `${bus}/${rule}`
}

export const buses = collection<BusDocument>({ service: 'events', type: 'event-bus' })

export const rules = collection<RuleDocument>({
  service: 'events',
  type: 'rule',
  indexes: {
    bus: ({ bus }) => bus,
    target: ({ targets }) => targets.map(({ Arn }) => Arn),
    scheduled: { anywhere: ({ dueAtMs }) => (dueAtMs === undefined ? undefined : 'yes') },
  },
})

export const deliveries = collection<DeliveryDocument>({ service: 'events', type: 'delivery' })

export const connections = collection<ConnectionDocument>({
  service: 'events',
  type: 'connection',
  reseal: (connection, _id, move) =>
    connection.sealed === undefined
      ? connection
      : { ...connection, sealed: sealedAuthorization.move(move, connection.arn, connection.sealed) },
})

export const apiDestinations = collection<ApiDestinationDocument>({
  service: 'events',
  type: 'api-destination',
  indexes: { connection: ({ connection }) => connection },
})

export const archives = collection<ArchiveDocument>({
  service: 'events',
  type: 'archive',
  indexes: { bus: ({ bus }) => bus, key: { anywhere: ({ key }) => key } },
})

export const arrivals = collection<ArrivalDocument>({
  service: 'events',
  type: 'arrival',
  indexes: { archive: ({ archives: keys }) => keys },
})

export const archiveDays = collection<ArchiveDayDocument>({
  service: 'events',
  type: 'archive-day',
  indexes: { archive: ({ archive }) => archive },
})

const active: ReadonlySet<ReplayState> = new Set(['STARTING', 'RUNNING', 'CANCELLING'])

export const replays = collection<ReplayDocument>({
  service: 'events',
  type: 'replay',
  indexes: {
    active: ({ state }) => (active.has(state) ? 'yes' : undefined),
    activeAnywhere: { anywhere: ({ state }) => (active.has(state) ? 'yes' : undefined) },
  },
})
