import { Fault, faultsOf } from '#core/fault.ts'
import type { Errors } from '#models/kms.d.ts'

const fault = faultsOf<Errors>()

/**
 * Everything that KMS refuses, in one table: the code, and AWS's words where they are known.
 * Source: KMS API Reference; KMS Developer Guide, "Key states of AWS KMS keys"; answers of AWS as recorded by LocalStack's tests
 * against AWS and quoted in public issue trackers.
 * Differs: the words are our own, since AWS's were not found, in: recipient, noPolicy, lockout, ungrantable, noSuchGrant,
 * invalidGrantId, invalidGrantee, wrongSpec, rotationIsNear, rotationLimit, keyExists, noSuchMaterial, pendingMaterial, wrongMaterial,
 * unfitMaterial, keyChanged, in what grants are refused for by `invalid`, and in all of custom key stores (their proxies' faults are in
 * xks/faults.ts).
 */
export const faults = {
  // Finding a key
  noSuchKey: (arn: string) => fault('NotFoundException', `Key '${arn}' does not exist`),
  invalidKeyId: (keyId: string) => fault('NotFoundException', `Invalid keyId '${keyId}'`),
  otherRegion: (region: string) => fault('NotFoundException', `Invalid arn ${region}`),
  invalidArn: (arn: string) => fault('InvalidArnException', `Invalid arn ${arn}`),
  noSuchAlias: (arn: string) => fault('NotFoundException', `Alias ${arn} is not found.`),

  // Key states
  disabled: (arn: string) => fault('DisabledException', `${arn} is disabled.`),
  /** SDKs try such a call again. */
  keyChanged: () =>
    fault(
      'KMSInternalException',
      'The alias was pointed at another key while the request was under way. Retry the request.',
    ),
  invalidState: (arn: string, state: string) => fault('KMSInvalidStateException', `${arn} is ${state}.`),
  wrongOrigin: (arn: string, origin: string) =>
    fault(
      'UnsupportedOperationException',
      `${arn} origin is ${origin} which is not valid for this operation.`,
    ),

  wrongSpec: (arn: string, spec: string) =>
    fault(
      'UnsupportedOperationException',
      `${arn} key spec is ${spec} which is not valid for this operation.`,
    ),
  notPrimary: (arn: string) =>
    fault('UnsupportedOperationException', `${arn} is not a multi-Region primary key.`),

  // Rotation and replication
  rotationIsNear: (arn: string) =>
    fault('ConflictException', `${arn} is about to be rotated automatically: try again afterwards.`),
  rotationLimit: (max: number) =>
    fault('LimitExceededException', `A key can be rotated on demand up to ${max} times.`),
  keyExists: (arn: string) => fault('AlreadyExistsException', `Key ${arn} already exists`),

  // Using a key
  wrongUsage: (arn: string, usage: string, operation: string) =>
    fault('InvalidKeyUsageException', `${arn} key usage is ${usage} which is not valid for ${operation}.`),
  wrongAlgorithm: (algorithm: string, spec: string) =>
    fault('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${spec}.`),
  tooLong: (algorithm: string, spec: string, bytesMax: number) =>
    fault(
      'ValidationError',
      `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${bytesMax} bytes.`,
    ),
  invalid: (message: string) => fault('ValidationError', message),
  invalidCiphertext: () => fault('InvalidCiphertextException', ''),
  incorrectKey: () =>
    fault(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    ),
  hiddenKey: () =>
    fault(
      'AccessDenied',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    ),
  invalidSignature: () => fault('KMSInvalidSignatureException', ''),
  invalidMac: () => fault('KMSInvalidMacException', ''),
  dryRun: () =>
    fault('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
  recipient: () =>
    fault(
      'UnsupportedOperationException',
      'Recipient is not supported: no attestation document of an AWS Nitro enclave can be verified here.',
    ),
  unsupported: (message: string) => fault('UnsupportedOperationException', message),

  // Policies, aliases, tags
  malformedPolicy: (problem: string) => fault('MalformedPolicyDocumentException', problem),
  lockout: () =>
    fault(
      'MalformedPolicyDocumentException',
      'The new key policy will not allow you to update the key policy in the future.',
    ),
  noPolicy: (name: string) => fault('NotFoundException', `No such policy exists: ${name}`),
  aliasPrefix: () =>
    fault(
      'ValidationError',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ),
  /** Not in the model; recorded by moto's and LocalStack's users. */
  reservedAlias: () => new Fault('NotAuthorizedException', '', 400),
  aliasExists: (arn: string) =>
    fault('AlreadyExistsException', `An alias with the name ${arn} already exists`),
  invalidAlias: (name: string) =>
    fault('InvalidAliasNameException', `Alias name ${name} contains invalid characters.`),
  tag: (message: string) => fault('TagException', message),
  limit: (message: string) => fault('LimitExceededException', message),
  invalidMarker: () => fault('InvalidMarkerException', 'Could not deserialize marker'),

  // Grants
  ungrantable: (operation: string, spec: string, usage: string) =>
    fault('ValidationError', `Grants cannot allow ${operation} on a key of spec ${spec} and usage ${usage}.`),
  onlyCreateGrant: () => fault('ValidationError', 'Grants must not contain only the CreateGrant operation.'),
  noSuchGrant: (grantId: string) => fault('NotFoundException', `Grant ID ${grantId} not found`),
  invalidGrantToken: () => fault('InvalidGrantTokenException', 'Invalid grant token.'),
  invalidGrantId: () => fault('InvalidGrantIdException', 'Invalid grant ID.'),
  invalidGrantee: (name: string) => fault('InvalidArnException', `Invalid ARN: ${name}`),

  // Imported material
  wrongMaterial: () =>
    fault(
      'IncorrectKeyMaterialException',
      'The key material in the request does not match the key material that was previously imported into this key.',
    ),
  noSuchMaterial: (arn: string, materialId: string) =>
    fault('NotFoundException', `Key material ${materialId} of ${arn} is not found.`),
  pendingMaterial: (arn: string, materialId: string) =>
    fault(
      'KMSInvalidStateException',
      `New key material cannot be imported into ${arn}, because key material ${materialId} is pending rotation.`,
    ),
  unfitMaterial: (spec: string) =>
    fault(
      'IncorrectKeyMaterialException',
      `The key material in the request is not valid for key spec ${spec}.`,
    ),
  unwrappable: () => fault('InvalidCiphertextException', ''),
  invalidImportToken: () => fault('InvalidImportTokenException', ''),
  expiredImportToken: () => fault('ExpiredImportTokenException', ''),

  // Custom key stores
  noSuchStore: (name: string) =>
    fault('CustomKeyStoreNotFoundException', `Custom key store ${name} does not exist.`),
  storeNameInUse: (name: string) =>
    fault('CustomKeyStoreNameInUseException', `A custom key store with the name ${name} already exists.`),
  proxyUriInUse: () =>
    fault(
      'XksProxyUriInUseException',
      'The proxy URI endpoint and path are already in use by another external key store.',
    ),
  storeState: (customKeyStoreId: string, state: string, needed: string) =>
    fault(
      'CustomKeyStoreInvalidStateException',
      `Custom key store ${customKeyStoreId} is ${state}; the operation needs it to be ${needed}.`,
    ),
  storeChanged: (customKeyStoreId: string) =>
    fault(
      'CustomKeyStoreInvalidStateException',
      `Custom key store ${customKeyStoreId} was changed while its proxy was asked. Retry the request.`,
    ),
  storeHasKeys: (customKeyStoreId: string) =>
    fault(
      'CustomKeyStoreHasCMKsException',
      `Custom key store ${customKeyStoreId} contains KMS keys, among which those that are pending deletion count.`,
    ),
  externalKeyInUse: (xksKeyId: string) =>
    fault(
      'XksKeyAlreadyInUseException',
      `External key ${xksKeyId} is already associated with another KMS key in this external key store.`,
    ),
} as const
