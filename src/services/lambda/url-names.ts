import type { UrlDocument } from './documents.ts'

/** What a request's Host says of the URL that it came to. */
export interface UrlPlace {
  readonly urlId: string
  readonly region: string
}

/** Thirty-two letters and digits, as AWS has them. Differs: `localhost` for `on.aws`; either is understood. */
const form = /^([a-z0-9]{32})\.lambda-url\.([a-z0-9-]{1,32})\.(?:localhost|on\.aws)(?::\d{1,5})?$/i

/** Source: Lambda Developer Guide, "Creating and managing Lambda function URLs": `https://<url-id>.lambda-url.<region>.on.aws`. */
export function urlPlace(host: string | undefined): UrlPlace | undefined {
  const [, urlId, region] = form.exec(host ?? '') ?? []
  if (urlId === undefined || region === undefined) return undefined
  return { urlId: urlId.toLowerCase(), region: region.toLowerCase() }
}

export function urlHost({ urlId, region }: UrlPlace): string {
  return `${urlId}.lambda-url.${region}.localhost`
}

/** Where whoever reached the API at `host` reaches the URL. */
export function urlText(
  { urlId, region }: Pick<UrlDocument, 'urlId' | 'region'>,
  { host = '', secureTransport }: { readonly host?: string | undefined; readonly secureTransport: boolean },
): string {
  const port = /:\d{1,5}$/.exec(host)?.[0] ?? ''
  return `http${secureTransport ? 's' : ''}://${urlHost({ urlId, region })}${port}/`
}

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/** An id that nobody guesses: 160 bits. */
export function newUrlId(randomBytes: (length: number) => Buffer): string {
  return [...randomBytes(32)].map((byte) => letters.charAt(byte & 31)).join('')
}
