// A small shop: products, a search, a login, orders. It knows nothing of what stands before it.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Customers } from './customers.ts'
import { products, search } from './products.ts'

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly cookie?: string
}

interface Asked {
  readonly url: URL
  readonly body: URLSearchParams
  readonly session: string
}

const bodyBytesMax = 4_096

/** The shop's server, not listening yet. */
export function createShop(customers: Customers): Server {
  const sessions = new Map<string, string>()

  /** By method and path; the rest is not found. */
  const pages: ReadonlyMap<string, (asked: Asked) => Answer | Promise<Answer>> = new Map<
    string,
    (asked: Asked) => Answer | Promise<Answer>
  >([
    ['GET /health', () => ok('well')],
    ['GET /', () => ok(products)],
    ['GET /search', ({ url }) => ok(search(url.searchParams.get('q') ?? ''))],
    ['POST /login', ({ body }) => login(body.get('name') ?? '', body.get('password') ?? '')],
    ['POST /order', (asked) => withCustomer(asked, (customer) => order(customer, asked.body))],
    ['GET /orders', (asked) => withCustomer(asked, async (customer) => ok(await customers.orders(customer)))],
  ])

  function login(name: string, password: string): Answer {
    if (!customers.knows(name, password)) return { status: 401, body: 'Unknown name or wrong password.' }
    const session = randomBytes(16).toString('hex')
    sessions.set(session, name)
    return { status: 200, body: `Welcome, ${name}.`, cookie: `session=${session}; HttpOnly; SameSite=Strict` }
  }

  async function order(customer: string, body: URLSearchParams): Promise<Answer> {
    const product = products.find(({ id }) => id === Number(body.get('product')))
    const card = body.get('card') ?? ''
    if (!product || !/^\d{12,19}$/.test(card)) return { status: 400, body: 'No such product, or no card.' }
    return { status: 201, body: { order: await customers.order(customer, product.id, card) } }
  }

  function withCustomer(
    { session }: Asked,
    then: (customer: string) => Answer | Promise<Answer>,
  ): Answer | Promise<Answer> {
    const customer = sessions.get(session)
    return customer === undefined ? { status: 401, body: 'Log in first.' } : then(customer)
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', 'http://shop')
    const page = pages.get(`${request.method} ${url.pathname}`)
    if (!page) return { status: 404, body: 'Not found.' }
    return page({ url, body: await read(request), session: sessionOf(request) })
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, body, cookie } = await answer(request).catch(() => broken)
    const type = { 'content-type': 'application/json' }
    response.writeHead(status, cookie === undefined ? type : { ...type, 'set-cookie': cookie })
    response.end(JSON.stringify(body))
  }

  return createServer((request, response) => void serve(request, response))
}

const broken: Answer = { status: 500, body: 'Something went wrong.' }

function ok(body: unknown): Answer {
  return { status: 200, body }
}

async function read(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) {
    text += String(piece)
    if (text.length > bodyBytesMax) throw new Error('too long')
  }
  return new URLSearchParams(text)
}

function sessionOf({ headers }: IncomingMessage): string {
  return /(?:^|; )session=([0-9a-f]{32})/.exec(headers.cookie ?? '')?.[1] ?? ''
}
