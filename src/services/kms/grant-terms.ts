import type { GrantConstraints, GrantOperation } from '#models/kms.d.ts'
import type { GrantTerms, KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { takesContext } from './grant-scope.ts'
import { quotas } from './quotas.ts'

/** Whether a key can serve an operation at all. */
type Serves = (key: Pick<KeyDocument, 'spec' | 'usage'>) => boolean

const everyKey: Serves = () => true
const symmetric: Serves = ({ spec }) => spec === 'SYMMETRIC_DEFAULT'
const encrypting: Serves = ({ usage }) => usage === 'ENCRYPT_DECRYPT'
const signing: Serves = ({ usage }) => usage === 'SIGN_VERIFY'
const authenticating: Serves = ({ usage }) => usage === 'GENERATE_VERIFY_MAC'
const agreeing: Serves = ({ usage }) => usage === 'KEY_AGREEMENT'
const encapsulating: Serves = ({ usage }) => usage === 'ENCAPSULATE_DECAPSULATE'
const asymmetric: Serves = (key) => !symmetric(key) && !authenticating(key)

/** Which keys can be granted an operation on. Source: KMS Developer Guide, "Grants in AWS KMS", Grant operations. */
const servedBy = {
  CreateGrant: everyKey,
  Decapsulate: encapsulating,
  Decrypt: encrypting,
  DeriveSharedSecret: agreeing,
  DescribeKey: everyKey,
  Encapsulate: encapsulating,
  Encrypt: encrypting,
  GenerateDataKey: symmetric,
  GenerateDataKeyPair: symmetric,
  GenerateDataKeyPairWithoutPlaintext: symmetric,
  GenerateDataKeyWithoutPlaintext: symmetric,
  GenerateMac: authenticating,
  GetPublicKey: asymmetric,
  ReEncryptFrom: encrypting,
  ReEncryptTo: encrypting,
  RetireGrant: everyKey,
  Sign: signing,
  Verify: signing,
  VerifyMac: authenticating,
} as const satisfies Record<GrantOperation, Serves>

/**
 * Refuses a grant that says what its key cannot do, or that constrains what has no encryption context.
 * Faults: ValidationException.
 * Source: KMS API Reference, CreateGrant, Operations and Constraints.
 */
export function assertSensible(key: KeyDocument, { operations, constraints }: GrantTerms): void {
  const unserved = operations.find((operation) => !servedBy[operation](key))
  if (unserved !== undefined) throw faults.ungrantable(unserved, key.spec, key.usage)
  if (operations.length === 0) throw faults.invalid('Operations must name at least one operation.')
  if (operations.every((operation) => operation === 'CreateGrant')) throw faults.onlyCreateGrant()
  const contexts = contextsOf(constraints)
  if (contexts.length === 0) return
  if (!symmetric(key) || !operations.some(takesContext)) {
    throw faults.invalid(
      'Encryption context constraints need an operation that takes an encryption context, on a symmetric encryption key.',
    )
  }
  for (const context of contexts) assertShort(context)
}

/** The encryption contexts that a grant's constraints name. */
export function contextsOf(constraints: GrantConstraints = {}): readonly Readonly<Record<string, string>>[] {
  const { EncryptionContextEquals, EncryptionContextSubset } = constraints
  return [EncryptionContextSubset, EncryptionContextEquals].filter((context) => context !== undefined)
}

function assertShort(context: Readonly<Record<string, string>>): void {
  const { constraintPairs, constraintCharacters } = quotas
  if (Object.keys(context).length > constraintPairs) {
    throw faults.invalid(`A grant constraint can hold up to ${constraintPairs} encryption context pairs.`)
  }
  if (Object.entries(context).flat().join('').length > constraintCharacters) {
    throw faults.invalid(`A grant constraint can hold up to ${constraintCharacters} characters.`)
  }
}
