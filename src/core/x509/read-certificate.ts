import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { type CertificateFacts, certificateKey, factsOf } from './facts.ts'
import { pemBlocks } from './pem.ts'

/** A certificate with its key as they were given: PEM. */
export interface GivenCertificate {
  readonly certificate: string
  readonly privateKey: string
  readonly chain?: string | undefined
}

/** A certificate that fits its key and its chain. */
export interface ReadCertificate {
  readonly facts: CertificateFacts
  /** PEM, as Node writes it. */
  readonly certificate: string
  /** PEM: PKCS #8. */
  readonly privateKey: string
  /** PEM, from the certificate's issuer on. */
  readonly chain?: string | undefined
  readonly isSelfSigned: boolean
}

/** Why a certificate is none, or none to serve with. */
export type CertificateProblem =
  | { readonly kind: 'certificate-form' }
  | { readonly kind: 'certificate-count' }
  | { readonly kind: 'certificate-key' }
  | { readonly kind: 'not-yet-valid'; readonly notBeforeMs: number }
  | { readonly kind: 'expired'; readonly notAfterMs: number }
  | { readonly kind: 'key-form' }
  | { readonly kind: 'key-encrypted' }
  | { readonly kind: 'key-mismatch' }
  | { readonly kind: 'chain-form' }
  /** The first certificate of the chain that did not issue the one before it, or may not issue, or is not valid now. */
  | { readonly kind: 'chain-order'; readonly at: number }
  /** It fits, and TLS here would not serve with it: too small a key or too weak a signature, in it or in its chain. */
  | { readonly kind: 'too-weak' }

type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: CertificateProblem }

/** Certificates in a chain at most: what verifying one costs is bounded. AWS tells no number. */
const chainMax = 10

const refused = (problem: CertificateProblem) => ({ ok: false, problem }) as const

/** Reads a certificate, and checks that its key is its own and that each certificate of the chain issued the one before. */
export function readCertificate(given: GivenCertificate, nowMs: number): Outcome<ReadCertificate> {
  const own = pemBlocks(given.certificate)
  if (own && own.length > 1) return refused({ kind: 'certificate-count' })
  const certificate = parsed(own?.[0])
  if (!certificate) return refused({ kind: 'certificate-form' })
  const kind = keyOf(certificate)
  if (!kind) return refused({ kind: 'certificate-key' })
  const facts = factsOf(certificate, kind)
  const { notBeforeMs, notAfterMs } = facts
  if (nowMs < notBeforeMs) return refused({ kind: 'not-yet-valid', notBeforeMs })
  if (nowMs > notAfterMs) return refused({ kind: 'expired', notAfterMs })

  const key = readKey(given.privateKey)
  if (!key.ok) return key
  if (!certificate.checkPrivateKey(key.value)) return refused({ kind: 'key-mismatch' })

  const chain = readChain(given.chain, certificate, nowMs)
  if (!chain.ok) return chain
  const texts = {
    certificate: certificate.toString(),
    privateKey: key.value.export({ format: 'pem', type: 'pkcs8' }).toString(),
    chain: chain.value.map((each) => each.toString()).join(''),
  }
  if (!servesTls(texts)) return refused({ kind: 'too-weak' })
  return {
    ok: true,
    value: {
      facts,
      certificate: texts.certificate,
      privateKey: texts.privateKey,
      ...(texts.chain !== '' && { chain: texts.chain }),
      // Not by `checkIssued`: a certificate that is no authority may be its own.
      isSelfSigned: certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey),
    },
  }
}

/** Asks OpenSSL as the edge will: what it refuses must not come to a listener. */
function servesTls({ certificate, privateKey, chain }: Required<GivenCertificate>): boolean {
  try {
    createSecureContext({ cert: certificate + chain, key: privateKey })
    return true
  } catch {
    return false // `ee key too small`, `ca md too weak`: of what was parsed and matched before, nothing else is left.
  }
}

function readKey(text: string): Outcome<KeyObject> {
  const blocks = pemBlocks(text)
  // OpenSSL writes the parameters of a curve in front of the key.
  const keys = blocks?.filter(({ label }) => label !== 'EC PARAMETERS') ?? []
  const [key] = keys
  if (!key || keys.length > 1 || !keyLabels.has(key.label)) return refused({ kind: 'key-form' })
  if (key.label === 'ENCRYPTED PRIVATE KEY' || key.hasHeaders) return refused({ kind: 'key-encrypted' })
  try {
    const value = createPrivateKey({ key: key.text, format: 'pem' })
    return certificateKey(value) ? { ok: true, value } : refused({ kind: 'key-form' })
  } catch {
    return refused({ kind: 'key-form' }) // OpenSSL's errors say where its decoder stopped, and nothing more.
  }
}

const keyLabels: ReadonlySet<string> = new Set([
  'PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
])

function readChain(
  text: string | undefined,
  certificate: X509Certificate,
  nowMs: number,
): Outcome<readonly X509Certificate[]> {
  if (text === undefined) return { ok: true, value: [] }
  const blocks = pemBlocks(text)
  if (!blocks || blocks.length === 0 || blocks.length > chainMax) return refused({ kind: 'chain-form' })
  const chain: X509Certificate[] = []
  let issued = certificate
  for (const [at, block] of blocks.entries()) {
    const issuer = parsed(block)
    if (!issuer) return refused({ kind: 'chain-form' })
    const isValid = nowMs >= issuer.validFromDate.getTime() && nowMs <= issuer.validToDate.getTime()
    if (!issuer.ca || !isValid || !isIssuedBy(issued, issuer)) return refused({ kind: 'chain-order', at })
    chain.push(issuer)
    issued = issuer
  }
  return { ok: true, value: chain }
}

/** Both what the names and extensions say, and the signature. */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function parsed(block: { readonly label: string; readonly text: string } | undefined) {
  if (block?.label !== 'CERTIFICATE') return undefined
  try {
    return new X509Certificate(block.text)
  } catch {
    return undefined // As with keys.
  }
}

function keyOf(certificate: X509Certificate) {
  try {
    return certificateKey(certificate.publicKey)
  } catch {
    return undefined // A kind of key that OpenSSL does not know.
  }
}
