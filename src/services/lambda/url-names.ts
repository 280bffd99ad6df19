import { isIP } from 'node:net'
import type { UrlDocument } from './documents.ts'

/** What a request's Host says of the URL that it came to. */
export interface UrlPlace {
  readonly urlId: string
  readonly region: string
}

/** Thirty-two letters and digits, as AWS has them. */
const form = /^([a-z0-9]{32})\.lambda-url\.([a-z0-9-]{1,32})\.([a-z0-9.-]{1,190})(?::\d{1,5})?$/

/**
 * What a request's Host means. Differs: `localhost` for `on.aws`; either is understood, and the name of the public address, if there is one.
 * Source: Lambda Developer Guide, "Creating and managing Lambda function URLs": `https://<url-id>.lambda-url.<region>.on.aws`.
 */
export function urlPlace(host: string | undefined, publicUrl?: string): UrlPlace | undefined {
  const [, urlId, region, domain] = form.exec(host?.toLowerCase() ?? '') ?? []
  if (urlId === undefined || region === undefined) return undefined
  const isOurs =
    domain === 'localhost' ||
    domain === 'on.aws' ||
    (publicUrl !== undefined && domain === new URL(publicUrl).hostname)
  return isOurs ? { urlId, region } : undefined
}

/** The host name at which a request came to a URL. */
export function urlHost({ urlId, region }: UrlPlace, domain = 'localhost'): string {
  return `${urlId}.lambda-url.${region}.${domain}`
}

/** Where whoever reached the API at `host` reaches the URL: whom the public address led here, below that. */
export function urlText(
  { urlId, region }: Pick<UrlDocument, 'urlId' | 'region'>,
  { host = '', secureTransport }: { readonly host?: string | undefined; readonly secureTransport: boolean },
  publicUrl?: string,
): string {
  const known = publicUrl === undefined ? undefined : new URL(publicUrl)
  if (known && known.host === host.toLowerCase() && !isAddress(known.hostname))
    return `${known.protocol}//${urlHost({ urlId, region }, known.host)}/`
  const port = /:\d{1,5}$/.exec(host)?.[0] ?? ''
  return `http${secureTransport ? 's' : ''}://${urlHost({ urlId, region })}${port}/`
}

/** No name can be below an IP address. */
function isAddress(hostname: string): boolean {
  return isIP(hostname) !== 0 || hostname.startsWith('[')
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/** An id that nobody guesses: 160 bits. */
export function newUrlId(randomBytes: (length: number) => Buffer): string {
  return [...randomBytes(32)].map((byte) => letters.charAt(byte & 31)).join('')
}
