// Certificates for tests, made by Node alone: what is to be read must be writable in every detail, the wrong ones too.
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A key pair with the certificate that names it. */
export interface Issued {
  /** PEM. */
  readonly certificate: string
  /** PEM: PKCS #8. */
  readonly privateKey: string
  readonly key: KeyObject
  readonly commonName: string
  readonly commonNameDer: Buffer
}

export interface CertificateWish {
  /** Absent: the subject is empty. */
  readonly commonName?: string
  readonly dnsNames?: readonly string[]
  readonly keyType?: KeyType
  /** Default: a new pair of `keyType`. */
  readonly key?: KeyObject
  /** Default: itself. */
  readonly issuer?: Issued
  readonly isAuthority?: boolean
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** Bits of the key usage by number, from 0. */
  readonly keyUsages?: readonly number[]
  /** Of the extended key usage, the last parts of their identifiers: 1 is for servers. */
  readonly purposes?: readonly number[]
}

export type KeyType =
  'rsa-1024' | 'rsa-2048' | 'rsa-2560' | 'p-256' | 'p-384' | 'p-521' | 'secp256k1' | 'ed25519'

const curves = new Map<KeyType, string>([
  ['p-256', 'P-256'],
  ['p-384', 'P-384'],
  ['p-521', 'P-521'],
  ['secp256k1', 'secp256k1'],
])

export function makeKeyPair(type: KeyType): {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
} {
  const namedCurve = curves.get(type)
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve })
  if (type === 'ed25519') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: Number(type.slice('rsa-'.length)) })
}

/** Makes a certificate, signed by its issuer or by itself. Source: RFC 5280, section 4.1. */
export function makeCertificate(wish: CertificateWish): Issued {
  const { commonName = '', keyType = 'p-256', issuer } = wish
  const privateKey = wish.key ?? makeKeyPair(keyType).privateKey
  const publicKey = createPublicKey(privateKey)
  const name = distinguishedName(wish.commonName)
  const signer = issuer?.key ?? privateKey
  const algorithm = signatureAlgorithm(signer)
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x4d]), randomBytes(15)])),
    algorithm,
    issuer?.commonNameDer ?? name,
    sequence(time(wish.notBeforeMs), time(wish.notAfterMs)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, sequence(...extensions(wish))),
  )
  const digest = signer.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const signature = sign(digest, content, signer)
  const whole = sequence(content, algorithm, der(0x03, Buffer.from([0]), signature))
  return {
    certificate: pem('CERTIFICATE', whole),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    key: privateKey,
    commonName,
    commonNameDer: name,
  }
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

function extensions({ dnsNames, isAuthority, keyUsages, purposes }: CertificateWish): readonly Buffer[] {
  const made: Buffer[] = []
  if (isAuthority !== undefined)
    made.push(extension('551d13', sequence(...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : []))))
  if (keyUsages) {
    let bits = 0
    for (const bit of keyUsages) bits |= 0x8000 >> bit
    made.push(extension('551d0f', der(0x03, Buffer.from([0, bits >> 8, bits & 0xff]))))
  }
  if (purposes) {
    const oids = purposes.map((last) => der(0x06, Buffer.from('2b060105050703', 'hex'), Buffer.from([last])))
    made.push(extension('551d25', sequence(...oids)))
  }
  if (dnsNames) {
    const names = dnsNames.map((name) => der(0x82, Buffer.from(name, 'latin1')))
    made.push(extension('551d11', sequence(...names)))
  }
  // An empty list of extensions is malformed; a subject key identifier does no harm.
  if (made.length === 0) made.push(extension('551d0e', der(0x04, Buffer.from('id'))))
  return made
}

function extension(oid: string, value: Buffer): Buffer {
  return sequence(der(0x06, Buffer.from(oid, 'hex')), der(0x04, value))
}

function distinguishedName(commonName: string | undefined): Buffer {
  if (commonName === undefined) return sequence()
  const attribute = sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(commonName)))
  return sequence(der(0x31, attribute))
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject): Buffer {
  const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
  if (asymmetricKeyType === 'rsa') return sequence(oid('2a864886f70d01010b'), der(0x05))
  return sequence(oid(asymmetricKeyType === 'ec' ? '2a8648ce3d040302' : '2b6570'))
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return text < '2050' ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes)
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts)
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content])
}
