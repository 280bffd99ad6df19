import type { Missing } from '#core/resource.ts'
import type { Transaction } from '#core/store/index.ts'
import type { CreateGrantRequest } from '#models/kms.d.ts'
import { kms, type KmsCall } from './declare.ts'
import { type GrantDocument, grants, type KeyDocument } from './documents.ts'
import { faults } from './faults.ts'
import type { FoundKey } from './find-key.ts'
import { forAwsResource, grantConditions } from './grant-conditions.ts'
import { storedPrincipal } from './grant-principals.ts'
import { assertSensible } from './grant-terms.ts'
import { checkGrantTokens, grantToken } from './grant-token.ts'
import { findKey, keyAccess } from './key-access.ts'
import { assertUsable, onKey } from './on-key.ts'
import { quotas } from './quotas.ts'

/**
 * Lets a principal use a key, beside the key's policy and from the next call on. Who may create grants by a grant alone can pass on
 * no more than that grant allows (`grantsFor`). The same request with a `Name` makes the grant once.
 *
 * Faults: ValidationException for operations and constraints that do not fit the key; InvalidArnException for principals who do not
 * exist; InvalidGrantTokenException; LimitExceededException; what the key's state says.
 */
export const CreateGrant = kms<'CreateGrant', FoundKey | Missing>('CreateGrant', {
  target: ({ KeyId: keyId, Operations: operations, Constraints: constraints }, call) =>
    findKey(call, { operation: 'CreateGrant', keyId, child: { operations, constraints } }),
  access: (found, input, call) => [keyAccess(call, found, 'CreateGrant', grantConditions(call, input))],
  run({ target, input, call }) {
    assertUsable(call, target, 'CreateGrant')
    checkGrantTokens(call, input.GrantTokens)
    const wanted = newGrant(call, target.key, input)
    const { grantId, keyArn } = sameGrant(call, target.key, wanted) ?? putGrant(call, target.key, wanted)
    if (input.DryRun === true) throw faults.dryRun() // What was put is not committed.
    return { GrantId: grantId, GrantToken: grantToken(call, keyArn, grantId) }
  },
})

/**
 * Takes a grant back: from the next call on it allows nothing.
 * Faults: InvalidGrantIdException; NotFoundException.
 */
export const RevokeGrant = onKey('RevokeGrant', {
  access: (_, call) => ({ conditions: forAwsResource(call) }),
  run({ key, input: { GrantId }, call }) {
    if (!grantAt(call, key, GrantId)) throw faults.noSuchGrant(GrantId)
    call.grants.in(key.account).delete(GrantId)
    return {}
  },
})

/**
 * A key's grant.
 * Faults: InvalidGrantIdException for what no grant was ever called.
 */
export function grantAt(call: KmsCall, key: KeyDocument, grantId: string): GrantDocument | undefined {
  assertGrantId(grantId)
  const grant = call.grants.in(key.account).get(grantId)
  return grant?.keyId === key.keyId ? grant : undefined
}

/** Faults: InvalidGrantIdException for what no grant was ever called. */
export function assertGrantId(grantId: string): void {
  if (!/^[0-9a-f]{64}$/.test(grantId)) throw faults.invalidGrantId()
}

/** Ends all grants on a key, which goes away in the same transaction. */
export function deleteGrantsOf(tx: Transaction, { account, region, keyId }: KeyDocument): void {
  for (const { id } of tx.find(grants, { account, region }, 'key', keyId)) {
    tx.delete(grants, { account, region }, id)
  }
}

/** The grant that a request asks for, if it makes sense. */
function newGrant(call: KmsCall, key: KeyDocument, input: CreateGrantRequest): GrantDocument {
  assertOneOfEach(input)
  const operations = [...new Set(input.Operations)]
  assertSensible(key, { operations, constraints: input.Constraints })
  const grantee = storedPrincipal(call, {
    principal: input.GranteePrincipal,
    service: input.GranteeServicePrincipal,
  })
  if (!grantee) throw faults.invalid('Specify either GranteePrincipal or GranteeServicePrincipal.')
  return {
    grantId: call.randomBytes(32).toString('hex'),
    keyId: key.keyId,
    keyArn: key.arn,
    name: input.Name ?? '',
    createdAtMs: call.nowMs,
    issuingAccount: call.account,
    grantee,
    retiring: storedPrincipal(call, {
      principal: input.RetiringPrincipal,
      service: input.RetiringServicePrincipal,
    }),
    operations,
    constraints: input.Constraints,
  }
}

/** Source: KMS API Reference, CreateGrant, GranteeServicePrincipal and RetiringServicePrincipal. */
function assertOneOfEach(input: CreateGrantRequest): void {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = input
  if (GranteePrincipal !== undefined && GranteeServicePrincipal !== undefined)
    throw faults.invalid('You can specify either GranteePrincipal or GranteeServicePrincipal, but not both.')
  if (RetiringPrincipal !== undefined && RetiringServicePrincipal !== undefined) {
    throw faults.invalid(
      'You can specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
    )
  }
  if (GranteeServicePrincipal === undefined) return
  if (input.Constraints?.SourceArn === undefined)
    throw faults.invalid('GranteeServicePrincipal requires a SourceArn grant constraint.')
  if (RetiringPrincipal === undefined && RetiringServicePrincipal === undefined)
    throw faults.invalid('GranteeServicePrincipal requires RetiringPrincipal or RetiringServicePrincipal.')
}

/** The grant that an earlier request like this one made. Source: KMS API Reference, CreateGrant, Name. */
function sameGrant(call: KmsCall, key: KeyDocument, wanted: GrantDocument): GrantDocument | undefined {
  if (wanted.name === '') return undefined
  const namesakes = call.grants.in(key.account).find('name', `${key.keyId} ${wanted.name}`)
  return namesakes.find(({ document }) => propertiesOf(document) === propertiesOf(wanted))?.document
}

function putGrant(call: KmsCall, { account, keyId }: KeyDocument, grant: GrantDocument): GrantDocument {
  const table = call.grants.in(account)
  if (!table.hasRoomUnder('key', keyId, quotas.grantsPerKey)) {
    throw faults.limit(`A KMS key can have up to ${quotas.grantsPerKey} grants.`)
  }
  table.put(grant.grantId, grant)
  return grant
}

/** All that a request tells of a grant but its name; what has no order in an order. */
function propertiesOf({ issuingAccount, grantee, retiring, operations, constraints }: GrantDocument): string {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn } = constraints ?? {}
  const pairs = [equals, subset].map(
    (context) => context && Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return JSON.stringify([
    issuingAccount,
    [grantee.type, grantee.name],
    [retiring?.type, retiring?.name],
    operations.toSorted(),
    pairs,
    SourceArn,
  ])
}
