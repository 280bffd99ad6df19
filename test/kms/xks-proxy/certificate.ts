import { createSign, generateKeyPairSync } from 'node:crypto'

/** A server's key and its self-signed certificate, which is its own authority. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const dayMs = 86_400_000
const commonName = '2.5.4.3'
const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const basicConstraints = '2.5.29.19'
const subjectAlternativeName = '2.5.29.17'

/**
 * Makes a certificate for host names: X.509 version 3, ECDSA on P-256. Written out, since Node makes none and a machine may lack openssl.
 * Source: RFC 5280, section 4.1.
 */
export function certificateFor(
  hostnames: readonly string[],
  validFromMs: number = Date.now() - dayMs,
  validUntilMs: number = Date.now() + dayMs,
): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid(ecdsaWithSha256))
  const name = sequence(der(0x31, sequence(oid(commonName), der(0x0c, Buffer.from('XKS proxy of a test')))))
  const version = der(0xa0, der(0x02, Buffer.from([2])))
  const serial = der(0x02, Buffer.from([1]))
  const extensions = der(
    0xa3,
    sequence(
      sequence(oid(basicConstraints), der(0x04, sequence(der(0x01, Buffer.from([0xff]))))),
      sequence(
        oid(subjectAlternativeName),
        der(0x04, sequence(...hostnames.map((hostname) => der(0x82, Buffer.from(hostname))))),
      ),
    ),
  )
  const toBeSigned = sequence(
    version,
    serial,
    algorithm,
    name,
    sequence(time(validFromMs), time(validUntilMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  )
  const signature = createSign('sha256').update(toBeSigned).sign(privateKey)
  const bytes = sequence(toBeSigned, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

/** Tag, length, value. */
function der(tag: number, value: Buffer): Buffer {
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** Seven bits a byte, all but the last with the top bit set. */
function base128(arc: number): number[] {
  const bytes = [arc & 0x7f]
  for (let rest = arc >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}

/** GeneralizedTime, to the second. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return der(0x18, Buffer.from(digits))
}
