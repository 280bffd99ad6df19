import type { Arn } from '#core/arn.ts'
import { type Awaitable, next } from '#core/awaitable.ts'
import type { Access, Operation } from '#core/operation.ts'
import type { Missing } from '#core/resource.ts'
import type { KeyLastUsageTrackingOperation, KeyUsageType, Operations } from '#models/kms.d.ts'
import { connectionOf } from './connection.ts'
import { kms, type KmsCall } from './declare.ts'
import { faults } from './faults.ts'
import type { FoundKey } from './find-key.ts'
import type { EncryptionContext } from './grant-scope.ts'
import { checkGrantTokens } from './grant-token.ts'
import { contextConditions, findKey, keyAccess } from './key-access.ts'
import { assertAllowed, type KeyOperation, stateOf } from './key-states.ts'

/** What a key must have been made for. An operation that is missing here is about keys of every usage, or says otherwise itself. */
const usages: Readonly<Partial<Record<KeyOperation, KeyUsageType>>> = {
  Decapsulate: 'ENCAPSULATE_DECAPSULATE',
  DeriveSharedSecret: 'KEY_AGREEMENT',
  Encapsulate: 'ENCAPSULATE_DECAPSULATE',
  Encrypt: 'ENCRYPT_DECRYPT',
  GenerateDataKey: 'ENCRYPT_DECRYPT',
  GenerateDataKeyPair: 'ENCRYPT_DECRYPT',
  GenerateDataKeyPairWithoutPlaintext: 'ENCRYPT_DECRYPT',
  GenerateDataKeyWithoutPlaintext: 'ENCRYPT_DECRYPT',
  GenerateMac: 'GENERATE_VERIFY_MAC',
  ReEncryptTo: 'ENCRYPT_DECRYPT',
  Sign: 'SIGN_VERIFY',
  Verify: 'SIGN_VERIFY',
  VerifyMac: 'GENERATE_VERIFY_MAC',
}

/** Under which name GetKeyLastUsage tells of a use. Source: KMS API Reference, KeyLastUsageData, Operation. */
const trackedAs: Readonly<Partial<Record<KeyOperation, KeyLastUsageTrackingOperation>>> = {
  Decapsulate: 'Decapsulate',
  Decrypt: 'Decrypt',
  DeriveSharedSecret: 'DeriveSharedSecret',
  Encapsulate: 'Encapsulate',
  Encrypt: 'Encrypt',
  GenerateDataKey: 'GenerateDataKey',
  GenerateDataKeyPair: 'GenerateDataKeyPair',
  GenerateDataKeyPairWithoutPlaintext: 'GenerateDataKeyPairWithoutPlaintext',
  GenerateDataKeyWithoutPlaintext: 'GenerateDataKeyWithoutPlaintext',
  GenerateMac: 'GenerateMac',
  ReEncryptFrom: 'ReEncrypt',
  ReEncryptTo: 'ReEncrypt',
  Sign: 'Sign',
  Verify: 'Verify',
  VerifyMac: 'VerifyMac',
}

/** The operations of the model that name one key in `KeyId`. */
type OneKeyOperation = {
  [Name in keyof Operations & KeyOperation]: Operations[Name]['input'] extends { readonly KeyId: string }
    ? Name
    : never
}[keyof Operations & KeyOperation]

type Input<Name extends OneKeyOperation> = Operations[Name]['input']
type Output<Name extends OneKeyOperation> = Operations[Name]['output']

/** What inputs of uses may hold beside their own members. */
export interface UseInput {
  readonly EncryptionContext?: EncryptionContext
  readonly GrantTokens?: readonly string[] | undefined
  readonly DryRun?: boolean | undefined
  readonly Recipient?: object | undefined
}

/** What an operation on a key gets. */
interface Given<Name extends OneKeyOperation> {
  readonly key: FoundKey['key']
  readonly input: Input<Name>
  readonly call: KmsCall
}

/** Condition keys and tags beside those that every operation on a key has. */
type OwnAccess<Name extends OneKeyOperation> = (
  input: Input<Name>,
  call: KmsCall,
  found: FoundKey | Missing,
) => Pick<Access, 'conditions' | 'requestTags' | 'tagKeys'>

/** Refuses keys that an operation is not for at all, in whatever state they are. Faults: UnsupportedOperationException. */
type ForKeys = (key: FoundKey['key']) => void

/**
 * Declares an operation that shows or changes the key that `KeyId` names: found by id, ARN or alias; authorized by key policy,
 * identity policies and grants, with the condition keys of keys; refused by the key's state and usage.
 */
export function onKey<Name extends OneKeyOperation>(
  name: Name,
  {
    access,
    forKeys,
    run,
  }: {
    readonly access?: OwnAccess<Name>
    readonly forKeys?: ForKeys
    readonly run: (given: Given<Name>) => Output<Name>
  },
): Operation {
  return kms<Name, FoundKey | Missing>(name, {
    ...keyed(name, access),
    run({ target, input, call }) {
      const { DryRun, GrantTokens } = input as UseInput // Every input is one: all of its members are optional.
      forKeys?.(target.key)
      assertUsable(call, target, name)
      checkGrantTokens(call, GrantTokens)
      const output = run({ key: target.key, input, call })
      if (DryRun === true) throw faults.dryRun() // What was put is not committed.
      return output
    },
  })
}

/**
 * Declares a use of the key that `KeyId` names: as `onKey`, but nothing is kept, and it may take time. A dry run tells what the use
 * would come to, and nothing else.
 */
export function useOfKey<Name extends OneKeyOperation>(
  name: Name,
  {
    access,
    forKeys,
    use,
  }: {
    readonly access?: OwnAccess<Name>
    readonly forKeys?: ForKeys
    readonly use: (given: Given<Name>) => Awaitable<Output<Name>>
  },
): Operation {
  return kms<Name, FoundKey | Missing, Made<Output<Name>>>(name, {
    ...keyed(name, access),
    prepare({ target, input, call }) {
      forKeys?.(target.key)
      assertUsable(call, target, name)
      checkUse(call, input as UseInput) // As above.
      return next(use({ key: target.key, input, call }), (output) => ({ with: target.arn, output }))
    },
    run: ({ target, input, call, prepared }) =>
      used(call, target, { name, input: input as UseInput, ...prepared }),
  })
}

/** What came of a use, and the key that it was made with. */
interface Made<Result> {
  readonly with: Arn
  readonly output: Result
}

/** The parts of a declaration that find the key and say what access to it is needed. */
function keyed<Name extends OneKeyOperation>(name: Name, access: OwnAccess<Name> | undefined) {
  return {
    target: (input: Input<Name>, call: KmsCall) =>
      findKey(call, { operation: name, keyId: input.KeyId, context: (input as UseInput).EncryptionContext }),
    access(found: FoundKey | Missing, input: Input<Name>, call: KmsCall) {
      const { conditions, ...tags } = access?.(input, call, found) ?? {}
      const all = { ...contextConditions((input as UseInput).EncryptionContext), ...conditions }
      return [{ ...keyAccess(call, found, name, all), ...tags }]
    },
  }
}

/**
 * Refuses an operation that the key's state or usage does not allow.
 * Faults: DisabledException, KMSInvalidStateException, InvalidKeyUsageException.
 */
export function assertUsable(call: KmsCall, { key }: FoundKey, operation: KeyOperation): void {
  assertAllowed(operation, key, stateOf(key, call.nowMs, connectionOf(call)))
  const usage = usages[operation]
  if (usage !== undefined && key.usage !== usage) throw faults.wrongUsage(key.arn, key.usage, operation)
}

/** Faults: InvalidGrantTokenException; UnsupportedOperationException for a recipient. */
export function checkUse(call: KmsCall, { GrantTokens, Recipient }: UseInput): void {
  checkGrantTokens(call, GrantTokens)
  if (Recipient) throw faults.recipient()
}

/** What was used: how, and what came of it. */
interface Used<Result> {
  readonly name: KeyOperation
  readonly input: UseInput
  /** The ARN of the key that it was made with. */
  readonly with: string | undefined
  readonly output: Result
}

/**
 * Ends a use, which may have taken time: the key is asked again whether it can be used. Only that one has been authorized anew, so
 * what was made with the key that an alias led to before is nobody's.
 * Faults: KMSInternalException for another key than the use was made with; those of `assertUsable`.
 */
export function used<Result>(
  call: KmsCall,
  target: FoundKey,
  { name, input, with: arn, output }: Used<Result>,
): Result {
  if (arn !== target.arn) throw faults.keyChanged()
  assertUsable(call, target, name)
  if (input.DryRun === true) throw faults.dryRun()
  noteUse(call, target, name)
  return output
}

/** Notes a use that succeeded; what is no use of a key's material is not noted. */
export function noteUse(call: KmsCall, { key }: FoundKey, name: KeyOperation): void {
  const operation = trackedAs[name]
  if (operation)
    call.parts.noteUse(key, key.keyId, { lastUsedAtMs: call.nowMs, operation, requestId: call.requestId })
}
