import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'

/** The key under which a front door vouches for its users. */
export interface SigningKey {
  /** In the form of a UUID, as AWS's key ids have. */
  readonly keyId: string
  readonly privateKey: KeyObject
  /** PEM. */
  readonly publicKey: string
}

/** A P-256 key that follows from the edge's key: every process has the same, and nothing is kept. */
export function signingKeyOf(key: Uint8Array): SigningKey {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(scalar(key))
  const point = pair.getPublicKey()
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: scalar(key).toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
  const publicKey = createPublicKey(privateKey)
  const digest = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return {
    keyId: digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    privateKey,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** Of 48 bytes made a number from 1 to n - 1: as good as uniform. Source: FIPS 186-5, A.2.1. */
function scalar(key: Uint8Array): Buffer {
  const bytes = Buffer.from(hkdfSync('sha256', key, '', 'redoubt elb signing key v1', 48))
  const number = (BigInt(`0x${bytes.toString('hex')}`) % (order - 1n)) + 1n
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex')
}

/** Source: SEC 2, secp256r1's n. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
