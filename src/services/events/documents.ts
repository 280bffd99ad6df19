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

/** What a delivery goes to: a target of a rule, or an archive. */
export type Destination =
  | {
      readonly kind: 'target'
      readonly ruleArn: Arn
      readonly ruleName: string
      /** As it was when the event matched. */
      readonly target: StoredTarget
      /** Set on one delivery of each event and rule: the one that is counted. */
      readonly first?: true
    }
  | { readonly kind: 'archive'; readonly archive: string; readonly archiveId: string }

/** An event that was accepted and has yet to arrive somewhere; gone once it has, or is given up. */
export interface DeliveryDocument {
  readonly eventId: string
  readonly bus: string
  /** JSON, as targets get it where nothing transforms it. */
  readonly event: string
  readonly to: Destination
  readonly traceHeader?: string | undefined
  readonly acceptedAtMs: number
  readonly attempts: number
  readonly dueAtMs: number
}

export interface ConnectionDocument {
  readonly arn: Arn
  readonly name: string
  readonly description?: string | undefined
  readonly type: ConnectionAuthorizationType
  readonly state: 'AUTHORIZING' | 'AUTHORIZED' | 'DEAUTHORIZED'
  readonly stateReason?: string | undefined
  /** An `Authorization` (authorization.ts), sealed for the ARN. Gone once it is deauthorized. */
  readonly sealedAuthorization?: string | undefined
  readonly createdAtMs: number
  readonly modifiedAtMs: number
  readonly authorizedAtMs?: number | undefined
}

export interface ApiDestinationDocument {
  readonly arn: Arn
  readonly name: string
  readonly description?: string | undefined
  readonly connectionArn: Arn
  readonly endpoint: string
  readonly method: ApiDestinationHttpMethod
  readonly ratePerSecond: number
  readonly createdAtMs: number
  readonly modifiedAtMs: number
}

export interface ArchiveDocument {
  readonly arn: Arn
  readonly name: string
  /** Names its folder: an archive that is made anew has none of its namesake's events. */
  readonly archiveId: string
  readonly bus: string
  readonly busArn: Arn
  readonly description?: string | undefined
  readonly eventPattern?: string | undefined
  /** 0: for ever. */
  readonly retentionDays: number
  readonly eventCount: number
  readonly sizeBytes: number
  readonly createdAtMs: number
}

export interface ReplayDocument {
  readonly arn: Arn
  readonly name: string
  readonly description?: string | undefined
  readonly state: ReplayState
  readonly stateReason?: string | undefined
  readonly archive: string
  readonly archiveId: string
  readonly archiveArn: Arn
  readonly bus: string
  readonly busArn: Arn
  readonly filterArns: readonly string[]
  /** Events of this time. Milliseconds since 1970. */
  readonly fromMs: number
  readonly toMs: number
  /** How far it has come: a segment of the archive, and the bytes of it that are done. */
  readonly position?: { readonly segment: string; readonly bytes: number } | undefined
  readonly lastEventMs?: number | undefined
  readonly startedAtMs: number
  readonly endedAtMs?: number | undefined
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
  indexes: { authorizing: { anywhere: ({ state }) => (state === 'AUTHORIZING' ? 'yes' : undefined) } },
  reseal: (connection, _id, move) =>
    connection.sealedAuthorization === undefined
      ? connection
      : {
          ...connection,
          sealedAuthorization: sealedAuthorization.move(move, connection.arn, connection.sealedAuthorization),
        },
})

export const apiDestinations = collection<ApiDestinationDocument>({
  service: 'events',
  type: 'api-destination',
  indexes: { connection: ({ connectionArn }) => connectionArn },
})

export const archives = collection<ArchiveDocument>({
  service: 'events',
  type: 'archive',
  indexes: { bus: ({ bus }) => bus },
})

export const replays = collection<ReplayDocument>({
  service: 'events',
  type: 'replay',
  indexes: {
    underWay: { anywhere: ({ state }) => (isUnderWay(state) ? 'yes' : undefined) },
  },
})

/** Whether a replay has yet to end. */
export function isUnderWay(state: ReplayState): boolean {
  return state === 'STARTING' || state === 'RUNNING' || state === 'CANCELLING'
}
