import type { PlainRequest } from '../http/requests.ts'

/** What a browser sends with a page of a shop. */
const browser = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.7',
  'Cache-Control: max-age=0',
  'Cookie: session=7f3c2a9be1d04d0d8a61; theme=dark; cart=3',
  'Referer: https://shop.example.com/catalogue',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: same-origin',
  'Upgrade-Insecure-Requests: 1',
] as const

/** What is asked of each contender, for the host that its door is known by. */
export type AskedOfHost = (host: string) => PlainRequest

/** A benign GET with a browser's headers. */
export const get: AskedOfHost = (host) =>
  request(host, 'GET', '/catalogue/shoes?size=42&colour=dark+blue&page=2', undefined, 200)

const document = JSON.stringify(
  Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`item${n}`, `value ${n}.`])),
)

/** A benign JSON document of 2 KiB and 100 leaves. */
export const post: AskedOfHost = (host) => request(host, 'POST', '/api/v1/orders', document, 200)

/** A GET with an SQL injection, as a scanner sends it. */
export const injection: AskedOfHost = (host) =>
  request(host, 'GET', '/catalogue/shoes?size=42%27+OR+%271%27%3D%271%27+--+&page=2', undefined, 403)

function request(
  host: string,
  method: string,
  target: string,
  body: string | undefined,
  status: 200 | 403,
): PlainRequest {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    ...browser,
    ...(body === undefined
      ? []
      : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`, 'latin1'), status }
}
