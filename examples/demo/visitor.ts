import { request } from 'node:http'

/** What somebody was answered; the status is 0 where there was no answer. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly cookie: string | undefined
}

/** Somebody at an address of their own, who asks the shop over its load balancer. */
export interface Visitor {
  readonly address: string
  readonly get: (path: string) => Promise<Reply>
  readonly post: (path: string, fields: Readonly<Record<string, string>>) => Promise<Reply>
}

const msMax = 5_000

/** `address` is one of this machine: 127.0.0.21. */
export function visitor(
  url: string,
  address: string,
  userAgent = 'Mozilla/5.0 (X11; Linux x86_64)',
): Visitor {
  const { hostname, port } = new URL(url)
  let cookie: string | undefined

  function ask(method: string, path: string, body = ''): Promise<Reply> {
    return new Promise((resolve) => {
      const none = (): void => resolve({ status: 0, body: '', cookie: undefined })
      const asked = request(
        {
          ...{ host: '127.0.0.1', port, path, method, localAddress: address, agent: false, timeout: msMax },
          headers: {
            ...{ host: `${hostname}:${port}`, 'user-agent': userAgent, accept: '*/*' },
            ...(cookie !== undefined && { cookie }),
            ...(method === 'POST' && {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': Buffer.byteLength(body),
            }),
          },
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
          response.on('error', none)
          response.on('end', () => {
            cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? cookie
            resolve({ status: response.statusCode ?? 0, body: text, cookie })
          })
        },
      )
      asked.on('timeout', () => asked.destroy())
      asked.on('error', none)
      asked.end(body)
    })
  }

  return {
    address,
    get: (path) => ask('GET', path),
    post: (path, fields) => ask('POST', path, new URLSearchParams(fields).toString()),
  }
}
