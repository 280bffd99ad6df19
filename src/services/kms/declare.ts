import type { Authorize } from '#core/access/authorizer.ts'
import type { AuditTrail } from '#core/audit.ts'
import type { Call } from '#core/call.ts'
import type { NoteUse } from '#core/last-uses.ts'
import { operationsOf } from '#core/operation.ts'
import type { PrincipalNames } from '#core/principal-names.ts'
import type { TablesOf } from '#core/tables.ts'
import type { Operations } from '#models/kms.d.ts'
import { aliases, customKeyStores, grants, keys, type KeyUse } from './documents.ts'
import type { ExternalKeys } from './external-keys.ts'
import type { KeyRing } from './key-ring.ts'
import type { EventLookup } from './key-uses.ts'

/** What the operations of KMS need beside their call. */
export interface KmsParts {
  readonly ring: KeyRing
  readonly principals: PrincipalNames
  /** Asked whether a caller could change a key policy again. */
  readonly authorize: Authorize
  readonly external: ExternalKeys
  /** Hears of every successful use of a key. */
  readonly noteUse: NoteUse<KeyUse>
  readonly eventIdOf: EventLookup
  readonly recordEvent: AuditTrail['recordEvent']
}

const tables = { keys, aliases, grants, customKeyStores }

/** Declares an operation of KMS; `call` has these tables, in the caller's account and the call's region. */
export const kms = operationsOf<Operations, KmsParts>()('kms', tables, 'regional')

/** A call to KMS. */
export type KmsCall = Call & TablesOf<typeof tables> & { readonly parts: KmsParts }
