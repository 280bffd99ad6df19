import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'

/** What the proxy and KMS share. */
export interface ProxyCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

interface ReceivedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** Source: XKS Proxy API Specification, appendix on SigV4, "Match the signature": five minutes either way. */
const skewMsMax = 300_000

/**
 * Whether a request is signed with the shared credentials, host and date alone being signed, by the AWS SDK's signer: what it makes of
 * the same request must be the very header that arrived.
 */
export async function isSignedBy(
  credentials: ProxyCredentials,
  region: string,
  { path, headers, body }: ReceivedRequest,
  nowMs: number,
): Promise<boolean> {
  const { host = '', 'x-amz-date': date = '', authorization } = headers
  const form = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)
  if (form === null) return false
  const [year, month, day, hour, minute, second] = form.slice(1)
  const signingDate = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Math.abs(signingDate.getTime() - nowMs) > skewMsMax) return false
  const signer = new SignatureV4({
    credentials,
    region,
    service: 'kms-xks-proxy',
    sha256: Sha256,
    applyChecksum: false,
  })
  const signed = await signer.sign(
    { method: 'POST', protocol: 'https:', hostname: host, path, query: {}, headers: { host }, body },
    { signingDate },
  )
  return signed.headers['authorization'] === authorization
}
