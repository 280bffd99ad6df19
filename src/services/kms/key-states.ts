import type { KeyState } from '#models/kms.d.ts'
import type { KeyDocument } from './documents.ts'
import { faults } from './faults.ts'

/** What the table says of an operation on a key in a state. `ok` leaves the rest to the operation. */
export type Ruling =
  | 'ok'
  /** DisabledException. */
  | 'disabled'
  /** KMSInvalidStateException, with what the key is. */
  | 'pending deletion'
  | 'not pending deletion'
  | 'pending import'
  | 'unavailable'
  | 'creating'
  | 'updating'

/** An operation's rulings, in the order of `states`. */
type Row = readonly [
  enabled: Ruling,
  disabled: Ruling,
  pendingImport: Ruling,
  pendingDeletion: Ruling,
  pendingReplicaDeletion: Ruling,
  unavailable: Ruling,
  creating: Ruling,
  updating: Ruling,
]

/** The columns of the table. */
export const states = [
  'Enabled',
  'Disabled',
  'PendingImport',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'Unavailable',
  'Creating',
  'Updating',
] as const satisfies readonly KeyState[]

const ok = 'ok'
const disabled = 'disabled'
const deleting = 'pending deletion'
const notDeleting = 'not pending deletion'
const importing = 'pending import'
const unavailable = 'unavailable'
const creating = 'creating'
const updating = 'updating'

/** Uses of the key: Encrypt, Sign and the like. A key that is moving to another primary region can be used meanwhile. */
const use: Row = [ok, disabled, importing, deleting, deleting, unavailable, creating, ok]
/** Reads of what is known of the key. */
const read: Row = [ok, ok, ok, ok, ok, ok, ok, ok]
/** Changes that a key on its way out does not take. */
const change: Row = [ok, ok, ok, deleting, deleting, ok, ok, ok]
/** Turning a key on and off: what has no material yet has no such switch. */
const toggle: Row = [ok, ok, importing, deleting, deleting, ok, creating, updating]
/** Settings of the rotation. Where the key cannot rotate at all, the operation says so first. */
const rotation: Row = [ok, disabled, importing, deleting, deleting, unavailable, creating, ok]

/**
 * What each operation on a key does in each state of the key. An operation that is missing here does not compile (`onKey`).
 * Source: KMS Developer Guide, "Key states of AWS KMS keys", key state table; where it gives two errors for a key that is pending
 * deletion, the one that AWS is seen to answer, KMSInvalidStateException. Operations that it lacks (RotateKeyOnDemand, ListKeyRotations,
 * GetKeyLastUsage and the newer uses) go by their likes.
 */
export const keyStates = {
  CancelKeyDeletion: [notDeleting, notDeleting, notDeleting, ok, ok, notDeleting, notDeleting, notDeleting],
  CreateAlias: change,
  CreateGrant: [ok, disabled, importing, deleting, deleting, ok, creating, ok],
  Decapsulate: use,
  Decrypt: use,
  DeleteAlias: read,
  DeleteImportedKeyMaterial: [ok, ok, ok, ok, ok, unavailable, creating, updating],
  DeriveSharedSecret: use,
  DescribeKey: read,
  DisableKey: toggle,
  DisableKeyRotation: rotation,
  EnableKey: toggle,
  EnableKeyRotation: rotation,
  Encapsulate: use,
  Encrypt: use,
  GenerateDataKey: use,
  GenerateDataKeyPair: use,
  GenerateDataKeyPairWithoutPlaintext: use,
  GenerateDataKeyWithoutPlaintext: use,
  GenerateMac: use,
  GetKeyLastUsage: read,
  GetKeyPolicy: read,
  GetKeyRotationStatus: read,
  GetParametersForImport: [ok, ok, ok, deleting, deleting, unavailable, creating, updating],
  GetPublicKey: use,
  ImportKeyMaterial: [ok, ok, ok, deleting, deleting, unavailable, creating, ok],
  ListGrants: read,
  ListKeyPolicies: read,
  ListKeyRotations: read,
  ListResourceTags: read,
  PutKeyPolicy: read,
  ReEncryptFrom: use,
  ReEncryptTo: use,
  ReplicateKey: [ok, disabled, importing, deleting, deleting, unavailable, creating, updating],
  RetireGrant: read,
  RevokeGrant: read,
  RotateKeyOnDemand: [ok, disabled, importing, deleting, deleting, unavailable, creating, updating],
  ScheduleKeyDeletion: [ok, ok, ok, deleting, deleting, ok, ok, updating],
  Sign: use,
  TagResource: change,
  UntagResource: change,
  UpdateAlias: change,
  UpdateKeyDescription: change,
  UpdatePrimaryRegion: [ok, disabled, importing, deleting, deleting, unavailable, creating, ok],
  Verify: use,
  VerifyMac: use,
} as const satisfies Record<string, Row>

/** The operations on one key. */
export type KeyOperation = keyof typeof keyStates

/** Whether a key's custom key store can be asked. */
export type IsConnected = (key: KeyDocument) => boolean

/**
 * The state of a key at a time. It is never stored: what it follows from is, so that a material that expires and a deletion that is
 * due take effect to the millisecond.
 */
export function stateOf(key: KeyDocument, nowMs: number, isConnected: IsConnected): KeyState {
  if (key.deletion) return key.deletion.atMs === undefined ? 'PendingReplicaDeletion' : 'PendingDeletion'
  if (lacksMaterial(key, nowMs)) return 'PendingImport'
  if (!isConnected(key)) return 'Unavailable'
  return key.enabled ? 'Enabled' : 'Disabled'
}

/** Whether the time of a key's deletion has come: then it does not exist any more, whether or not its remains are removed. */
export function isGone({ deletion }: KeyDocument, nowMs: number): boolean {
  return deletion?.atMs !== undefined && deletion.atMs <= nowMs
}

/**
 * "When any key material for an imported key is deleted or it expires, then the state changes from Enabled to PendingImport."
 * A material that was imported and never was the current one is not missed.
 */
function lacksMaterial({ origin, materials, pendingMaterialId }: KeyDocument, nowMs: number): boolean {
  if (origin !== 'EXTERNAL') return false
  const inUse = materials.filter(({ materialId }) => materialId !== pendingMaterialId)
  return (
    inUse.length === 0 ||
    inUse.some(({ sealed, imported }) => sealed === undefined || hasExpired(imported, nowMs))
  )
}

/** Whether an imported material's time is over. */
export function hasExpired(
  imported: { readonly validToMs?: number | undefined } | undefined,
  nowMs: number,
): boolean {
  return imported?.validToMs !== undefined && imported.validToMs <= nowMs
}

/**
 * Lets an operation on a key through, or refuses it by the key's state.
 * Faults: DisabledException, KMSInvalidStateException.
 */
export function assertAllowed(operation: KeyOperation, { arn }: KeyDocument, state: KeyState): void {
  const ruling: Ruling = keyStates[operation][states.indexOf(state)] ?? 'unavailable' // Every state is a column.
  if (ruling === 'ok') return
  if (ruling === 'disabled') throw faults.disabled(arn)
  throw faults.invalidState(
    arn,
    ruling === 'pending deletion' && state === 'PendingReplicaDeletion' ? 'pending replica deletion' : ruling,
  )
}
