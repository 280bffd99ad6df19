// Goal: KMS's tests go the whole way of a call: signed by AWS's own client, verified, decoded, authorized, run, recorded.
// Method: clients whose requests go to a pipeline in the same process, over a store in memory, on a clock that the test holds. Users
// are IAM's own, so that key policies and identity policies meet as they do in the server.
import assert from 'node:assert/strict'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import type { AccountId } from '#core/arn.ts'
import type { AuditTrail, ServiceEvent } from '#core/audit.ts'
import { createLastUses } from '#core/last-uses.ts'
import type { LogEntry } from '#core/log.ts'
import { systemWorld } from '#core/world.ts'
import type { Service } from '#core/service.ts'
import { found, newUser } from '../../../test/founded.ts'
import { type Credentials, type Ground, inProcess, layGround } from '../../../test/in-process.ts'
import { kmsOn, noExternalKeys } from '../../../test/kms-in-process.ts'
import { identities } from '../iam/identities.ts'
import { iamService } from '../iam/service.ts'
import type { ExternalKeys } from './external-keys.ts'
import { createKeeper, type Keeper } from './keeper.ts'
import { createKeyRing, type KeyRing } from './key-ring.ts'
import { type EventLookup, noteKeyUses } from './key-uses.ts'

export { refusal } from '../../../test/in-process.ts'

// Twelve digits each.
export const here = '111122223333' as AccountId
export const there = '444455556666' as AccountId
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5)
export const region = 'us-east-1'

/** A policy statement, as users write it. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string | readonly string[]
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** Two accounts, each with an administrator, and keys to use. */
export interface Rig {
  /** The administrator of `here`, in `region`. */
  readonly admin: KMS
  /** A client of KMS with these credentials. */
  readonly as: (credentials: Credentials, region?: string) => KMS
  /** The administrator of `here`. */
  readonly iam: IAM
  /** What any client of AWS's SDK is made with. */
  readonly configuration: ReturnType<typeof inProcess>['configuration']
  readonly administrators: ReadonlyMap<AccountId, Credentials>
  /** A user of an account with an inline policy, and its credentials. */
  readonly user: (
    userName: string,
    statements: readonly Statement[],
    account?: AccountId,
  ) => Promise<Credentials>
  readonly clock: { nowMs: number }
  readonly store: Ground['store']
  readonly sessions: Ground['sessions']
  readonly audited: ReturnType<typeof inProcess>['audited']
  readonly ring: KeyRing
  /** What happens by itself, done when a test says so. */
  readonly keeper: Keeper
  /** What the keeper and operations recorded beside calls. */
  readonly events: readonly ServiceEvent[]
  /** Writes the last uses of keys. */
  readonly writeUses: () => Promise<void>
}

/** What a rig may have beside KMS and IAM. */
interface Parts {
  readonly external?: (ground: Ground) => ExternalKeys
  /** Default: one that answers at once. */
  readonly eventIdOf?: EventLookup
  /** Services that call KMS. */
  readonly services?: readonly Service[]
  /** Default: one that only remembers, in `audited`. */
  readonly audit?: (ground: Ground) => AuditTrail
}

export async function rig(parts: Parts = {}): Promise<Rig> {
  const ground = layGround(startMs)
  const { clock, store, seal, sessions, world } = ground
  const ring = createKeyRing({ store, seal })
  const lastUses = createLastUses(ground)
  const events: ServiceEvent[] = []
  const recordEvent = (event: ServiceEvent) => (events.push(event), JSON.stringify(event))
  const log = (entry: LogEntry) => assert.notEqual(entry.event, 'bug', JSON.stringify(entry))
  const keeper = createKeeper({ store, world, seal, recordEvent, log })
  const kmsService = kmsOn(ground, {
    ...{ ring, recordEvent, noteUse: noteKeyUses(lastUses) },
    external: parts.external?.(ground) ?? noExternalKeys,
    ...(parts.eventIdOf && { eventIdOf: parts.eventIdOf }),
  })
  const { audited, configuration } = inProcess(ground, {
    services: [iamService, kmsService, ...(parts.services ?? [])],
    identities,
    ...(parts.audit && { audit: parts.audit(ground) }),
  })

  const [mine, theirs] = await found(ground, [here, there])
  const administrators = new Map([
    [here, mine],
    [there, theirs],
  ])
  const administrator = (account: AccountId): Credentials => (account === here ? mine : theirs)
  const as = (credentials: Credentials, where = region): KMS => {
    const client = new KMS(configuration(credentials, where))
    // A client signs by the test's clock, wherever the test moves it.
    Object.defineProperty(client.config, 'systemClockOffset', {
      get: () => clock.nowMs - systemWorld().nowMs(),
      set() {
        // What it concludes of clocks that differ is not asked for.
      },
    })
    return client
  }

  return {
    admin: as(administrator(here)),
    as,
    iam: new IAM(configuration(administrator(here))),
    configuration,
    administrators,
    user: (userName, statements, account = here) =>
      newUser(new IAM(configuration(administrator(account))), userName, statements),
    clock,
    store,
    sessions,
    audited,
    ring,
    keeper,
    events,
    writeUses: () => lastUses.flush(),
  }
}

/** A new key's id and ARN. */
export async function newKey(
  kms: KMS,
  input: Parameters<KMS['createKey']>[0] = {},
): Promise<{ readonly id: string; readonly arn: string }> {
  const { KeyMetadata } = await kms.createKey(input)
  assert.ok(KeyMetadata?.KeyId !== undefined && KeyMetadata.Arn !== undefined)
  return { id: KeyMetadata.KeyId, arn: KeyMetadata.Arn }
}
