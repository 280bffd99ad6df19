import type { KeyObject, X509Certificate } from 'node:crypto'
import { derValues, extensionOf } from './der.ts'

/** Kinds of keys that certificates may have, as ACM names them. Source: ACM API Reference, CertificateDetail, KeyAlgorithm. */
export type CertificateKey =
  'RSA_1024' | 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'EC_prime256v1' | 'EC_secp384r1' | 'EC_secp521r1'

/** Source: ACM API Reference, KeyUsage; RFC 5280, section 4.2.1.3, in the order of the bits. */
const usages = [
  'DIGITAL_SIGNATURE',
  'NON_REPUDIATION',
  'KEY_ENCIPHERMENT',
  'DATA_ENCIPHERMENT',
  'KEY_AGREEMENT',
  'CERTIFICATE_SIGNING',
  'CRL_SIGNING',
  'ENCIPHER_ONLY',
  'DECIPHER_ONLY',
] as const

/** Source: ACM API Reference, ExtendedKeyUsage; RFC 5280, section 4.2.1.12. */
const purposes = {
  '1.3.6.1.5.5.7.3.1': 'TLS_WEB_SERVER_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.2': 'TLS_WEB_CLIENT_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.3': 'CODE_SIGNING',
  '1.3.6.1.5.5.7.3.4': 'EMAIL_PROTECTION',
  '1.3.6.1.5.5.7.3.5': 'IPSEC_END_SYSTEM',
  '1.3.6.1.5.5.7.3.6': 'IPSEC_TUNNEL',
  '1.3.6.1.5.5.7.3.7': 'IPSEC_USER',
  '1.3.6.1.5.5.7.3.8': 'TIME_STAMPING',
  '1.3.6.1.5.5.7.3.9': 'OCSP_SIGNING',
  '2.5.29.37.0': 'ANY',
} as const

/** What a certificate says of itself: plain data, to be stored. */
export interface CertificateFacts {
  /** `CN=example.com,O=Example`. */
  readonly subject: string
  /** The issuer's common name, or what else names it. */
  readonly issuer: string
  /** `0a:1b:2c`. */
  readonly serial: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** The common name of the subject, or else the first DNS name; undefined where there is none. */
  readonly domainName?: string | undefined
  /** The DNS names that it is for, `*.example.com` among them, in lower case; the subject's common name where it has no others. */
  readonly names: readonly string[]
  readonly key: CertificateKey
  /** `SHA256WITHRSA`. */
  readonly signatureAlgorithm: string
  readonly keyUsages: readonly (typeof usages)[number][]
  readonly extendedKeyUsages: readonly { readonly name: ExtendedKeyUsage; readonly oid: string }[]
}

/** `CUSTOM` is every purpose that ACM has no name for; its object identifier stands beside it. */
export type ExtendedKeyUsage = (typeof purposes)[keyof typeof purposes] | 'CUSTOM'

/** What a certificate says of itself. `key` is that of its public key: see `certificateKey`. */
export function factsOf(certificate: X509Certificate, key: CertificateKey): CertificateFacts {
  const commonName = attribute(certificate.subject, 'CN')
  const dnsNames = dnsNamesOf(certificate.raw)
  const own = commonName !== undefined && isDnsName(commonName) ? [commonName.toLowerCase()] : []
  const names = dnsNames.length > 0 ? dnsNames : own
  const domainName = own[0] ?? names[0]
  return {
    subject: oneLine(certificate.subject),
    issuer:
      attribute(certificate.issuer, 'CN') ??
      attribute(certificate.issuer, 'O') ??
      oneLine(certificate.issuer),
    serial: certificate.serialNumber.toLowerCase().replaceAll(/..(?!$)/g, '$&:'),
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
    ...(domainName !== undefined && { domainName }),
    names,
    key,
    signatureAlgorithm: signatureName(certificate.signatureAlgorithm ?? certificate.signatureAlgorithmOid),
    keyUsages: keyUsagesOf(certificate.raw),
    // What Node calls keyUsage are the object identifiers of the extended one.
    extendedKeyUsages: ((certificate.keyUsage ?? []) as readonly string[]).map((oid) => ({
      name: Object.hasOwn(purposes, oid) ? purposes[oid as keyof typeof purposes] : 'CUSTOM', // Asked just before.
      oid,
    })),
  }
}

/** The kind of a key, or undefined where certificates may not have it. */
export function certificateKey(key: KeyObject): CertificateKey | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
  const { asymmetricKeyType: type } = key
  if (type === 'rsa') return rsaKeys.get(modulusLength ?? 0)
  return type === 'ec' ? ecKeys.get(namedCurve ?? '') : undefined
}

const rsaKeys: ReadonlyMap<number, CertificateKey> = new Map([
  [1024, 'RSA_1024'],
  [2048, 'RSA_2048'],
  [3072, 'RSA_3072'],
  [4096, 'RSA_4096'],
])

const ecKeys: ReadonlyMap<string, CertificateKey> = new Map([
  ['prime256v1', 'EC_prime256v1'],
  ['secp384r1', 'EC_secp384r1'],
  ['secp521r1', 'EC_secp521r1'],
])

/** Object identifiers as DER has them. Source: RFC 5280, sections 4.2.1.3 and 4.2.1.6. */
const [keyUsageOid, subjectAltNameOid] = ['551d0f', '551d11']

function keyUsagesOf(certificate: Uint8Array): CertificateFacts['keyUsages'] {
  const bits = extensionOf(certificate, keyUsageOid)?.content.subarray(1) ?? [] // The first byte counts unused bits.
  return usages.filter((_, at) => ((bits[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0)
}

/** Read from the bytes: in the text that OpenSSL makes of them, a name can look like several. */
function dnsNamesOf(certificate: Uint8Array): readonly string[] {
  const dnsNameTag = 0x82
  const names = derValues(extensionOf(certificate, subjectAltNameOid)?.content ?? new Uint8Array())
    .filter(({ tag }) => tag === dnsNameTag)
    .map(({ content }) => Buffer.from(content).toString('latin1').toLowerCase())
  return [...new Set(names.filter(isDnsName))]
}

/** A host name, or a wildcard for one label in front. */
function isDnsName(text: string): boolean {
  return (
    text.length <= 253 &&
    /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(
      text,
    )
  )
}

/** The first attribute of that type in a distinguished name as Node writes it, a line each. */
function attribute(name: string, type: string): string | undefined {
  const line = (name as string | undefined)?.split('\n').find((each) => each.startsWith(`${type}=`)) // Undefined for an empty name.
  return line?.slice(type.length + 1)
}

function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ',')
}

/** `sha256WithRSAEncryption` as `SHA256WITHRSA`, `ecdsa-with-SHA256` as `SHA256WITHECDSA`. */
function signatureName(algorithm: string): string {
  const ecdsa = /^ecdsa-with-(?<hash>\w+)$/i.exec(algorithm)?.groups?.['hash']
  if (ecdsa !== undefined) return `${ecdsa.toUpperCase()}WITHECDSA`
  return algorithm.toUpperCase().replace(/ENCRYPTION$/, '')
}
