import { createHmac, createPrivateKey, generateKeyPair, hkdfSync, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Arn } from '#core/arn.ts'
import type { Seal } from '#core/seal/index.ts'
import type { Reader, Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { selfSigned } from './certificate.ts'
import { type SigningKeyDocument, signingKeys } from './documents.ts'
import { sealedSigningKey } from './sealed.ts'

const scope = { account: 'redoubt', region: 'global' }
const onlyId = 'key'
const validMs = 10 * 365 * 86_400_000

/** Signs texts, by either of SNS's signature versions. */
export interface Signer {
  readonly certificateId: string
  readonly sign: (text: string, version: '1' | '2') => string
  /** The proof in the link that ends a subscription. */
  readonly unsubscribeToken: (subscription: Arn) => string
}

/** The signing key, made when it is asked for the first time. */
export async function loadSigner(
  store: Pick<Store, 'read' | 'transact'>,
  seal: Seal,
  { nowMs, randomBytes }: Pick<World, 'nowMs' | 'randomBytes'>,
): Promise<Signer> {
  const kept = store.read.get(signingKeys, scope, onlyId) ?? (await make())
  const pem = sealedSigningKey.open(seal, onlyId, kept.sealedKey).toString()
  const key = createPrivateKey(pem)
  return {
    certificateId: kept.id,
    sign: (text, version) =>
      sign(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), key).toString('base64'),
    unsubscribeToken: (subscription) => tokenOf(pem, subscription),
  }

  async function make(): Promise<SigningKeyDocument> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    const made: SigningKeyDocument = {
      id: randomBytes(16).toString('hex'),
      certificate: selfSigned({
        commonName: 'sns.amazonaws.com',
        privateKey,
        serial: randomBytes(15),
        notBeforeMs: nowMs() - 86_400_000,
        notAfterMs: nowMs() + validMs,
      }),
      sealedKey: sealedSigningKey.seal(
        seal,
        onlyId,
        privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      ),
    }
    return store.transact((tx) => {
      const before = tx.get(signingKeys, scope, onlyId)
      if (before) return before
      tx.put(signingKeys, scope, onlyId, made)
      return made
    })
  }
}

/** The token of a subscription's link, for whoever checks one. Undefined where no link was ever made. */
export function unsubscribeTokenOf(
  read: Pick<Reader, 'get'>,
  seal: Seal,
  subscription: Arn,
): string | undefined {
  const kept = read.get(signingKeys, scope, onlyId)
  return kept && tokenOf(sealedSigningKey.open(seal, onlyId, kept.sealedKey).toString(), subscription)
}

function tokenOf(pem: string, subscription: Arn): string {
  const key = hkdfSync('sha256', pem, '', 'redoubt sns unsubscribe', 32)
  return createHmac('sha256', Buffer.from(key)).update(subscription).digest('hex')
}

/** Where a certificate is served. */
export function certificatePath(id: string): string {
  return `/SimpleNotificationService-${id}.pem`
}

/** The certificate that is served at a path. */
export function certificateAt(read: Pick<Reader, 'get'>, path: string): string | undefined {
  const key = read.get(signingKeys, scope, onlyId)
  return key && path === certificatePath(key.id) ? key.certificate : undefined
}
