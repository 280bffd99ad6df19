import { createECDH, createHmac, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'

/** The order of P-256. Source: NIST SP 800-186, section 3.2.1.3. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const label = Buffer.from('AWS4-ECDSA-P256-SHA256')
const zero = Buffer.from([0])
const counter = Buffer.from([0, 0, 0, 1])
const bits = Buffer.from([0, 0, 1, 0])

/**
 * SigV4a's key pair, derived from a secret access key: NIST SP 800-108 counter mode with HMAC-SHA256, the candidate tested as
 * in FIPS 186-5, A.2.2. Source: the AWS SDKs' SigV4a signers (aws-c-auth, @smithy/signature-v4a).
 */
export function keyPairOf(
  secretAccessKey: string,
  accessKeyId: string,
): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const secret = Buffer.from(`AWS4A${secretAccessKey}`)
  for (let attempt = 1; attempt < 255; attempt += 1) {
    const context = Buffer.concat([Buffer.from(accessKeyId), Buffer.from([attempt])])
    const input = Buffer.concat([counter, label, zero, context, bits])
    const candidate = BigInt(`0x${createHmac('sha256', secret).update(input).digest('hex')}`)
    if (candidate <= order - 2n) return pairOf(candidate + 1n)
  }
  // Each attempt fails with a chance of one in 2^32.
  throw new Error('no key pair can be derived from this secret access key')
}

function pairOf(scalar: bigint): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')
  const point = createECDH('prime256v1')
  point.setPrivateKey(d)
  const uncompressed = point.getPublicKey() // 0x04, then x and y of 32 bytes each.
  const x = uncompressed.subarray(1, 33).toString('base64url')
  const y = uncompressed.subarray(33).toString('base64url')
  const jwk = { kty: 'EC', crv: 'P-256', x, y, d: d.toString('base64url') }
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return { privateKey, publicKey: createPublicKey(privateKey) }
}
