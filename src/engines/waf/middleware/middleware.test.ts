// Goal: each middleware holds back what the web ACL holds back, hands on the rest with its whole body, and lets nobody
// through when something fails.
// Method: the real servers (node:http, Fastify, Hono), an application that echoes the body, one table for all three.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { acl, byteMatch, compiled, pathIs, rule } from '../rig.test.ts'
import type { CompiledWebACL } from '../web-acl.ts'
import { fastifyHook } from './fastify.ts'
import { honoMiddleware } from './hono.ts'
import { type MiddlewareOptions, splitTarget } from './host.ts'
import { nodeMiddleware } from './node.ts'

const limit = 1000
const insert = { Count: { CustomRequestHandling: { InsertHeaders: [{ Name: 'seen', Value: 'yes' }] } } }
const CustomResponse = {
  ResponseCode: 418,
  CustomResponseBodyKey: 'tea',
  ResponseHeaders: [{ Name: 'X-Why', Value: 'tea' }],
}
const webACL = compiled(
  acl(
    [
      rule('seen', 0, byteMatch({ Method: {} }, 'T'), { Action: insert }),
      rule('body', 1, byteMatch({ Body: { OversizeHandling: 'CONTINUE' } }, 'attack')),
      rule('big', 2, byteMatch({ Body: { OversizeHandling: 'MATCH' } }, 'nothing'), {
        Action: { Count: {} },
      }),
      rule('path', 3, pathIs('/tea'), { Action: { Block: { CustomResponse } } }),
      rule('captcha', 4, pathIs('/captcha'), { Action: { Captcha: {} } }),
      rule('challenge', 5, pathIs('/challenge'), { Action: { Challenge: {} } }),
      rule('query', 6, byteMatch({ QueryString: {} }, '%3Cscript')),
      rule('address', 7, {
        AndStatement: {
          Statements: [
            pathIs('/loopback'),
            { NotStatement: { Statement: { AsnMatchStatement: { AsnList: [1] } } } },
          ],
        },
      }),
    ],
    { CustomResponseBodies: { tea: { ContentType: 'TEXT_HTML', Content: '<p>tea' } } },
  ),
)
const broken: CompiledWebACL = {
  ...webACL,
  inspect: () => {
    throw new Error('bug')
  },
}

const bugs: unknown[] = []
const options = (one: CompiledWebACL): MiddlewareOptions => ({
  webACL: () => one,
  nowMs: () => 0,
  reportBug: (bug) => bugs.push(bug),
  bodyBytesMax: limit,
})

/** Starts an application behind a middleware; it answers with the inserted header and the body it got. */
type Start = (
  one: CompiledWebACL,
) => Promise<{ readonly port: number; readonly stop: () => Promise<unknown> }>

function portOf(server: Server): number {
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

async function bodyOf(request: AsyncIterable<unknown>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) {
    assert.ok(chunk instanceof Uint8Array)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('latin1')
}

async function listening(server: Server): ReturnType<Start> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    stop: () => {
      server.closeAllConnections()
      server.close()
      return Promise.resolve()
    },
  }
}

const starts: Readonly<Record<string, Start>> = {
  node(one) {
    const guard = nodeMiddleware(options(one))
    const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      response.end(`${String(request.headers['x-amzn-waf-seen'])}:${await bodyOf(request)}`)
    }
    return listening(
      createServer((request, response) => {
        void guard(request, response, () => void echo(request, response))
      }),
    )
  },
  async fastify(one) {
    const app = Fastify({ bodyLimit: 1 << 20 })
    app.addHook('preParsing', fastifyHook(options(one)))
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.all('/*', (request, reply) => {
      const body = request.body instanceof Buffer ? request.body.toString('latin1') : ''
      return reply.send(`${String(request.headers['x-amzn-waf-seen'])}:${body}`)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: portOf(app.server), stop: () => app.close() }
  },
  hono(one) {
    const app = new Hono()
    app.use(honoMiddleware({ ...options(one), clientAddress: () => '127.0.0.1' }))
    app.all('/*', async (context) =>
      context.text(
        `${context.req.raw.headers.get('x-amzn-waf-seen')}:${Buffer.from(await context.req.arrayBuffer()).toString('latin1')}`,
      ),
    )
    return listening(
      createServer((request, response) => {
        const serve = async (): Promise<void> => {
          const bodiless = request.method === 'GET'
          const given = new Request(`http://${request.headers.host}${request.url}`, {
            method: request.method ?? '',
            ...(bodiless ? {} : { body: await bodyOf(request) }),
          })
          const answer = await app.fetch(given)
          response.writeHead(answer.status, [...answer.headers].flat())
          response.end(Buffer.from(await answer.arrayBuffer()))
        }
        void serve()
      }),
    )
  },
}

const long = 'x'.repeat(200_000)
const rows: readonly [
  name: string,
  path: string,
  body: string | undefined,
  status: number,
  answer: string | undefined,
][] = [
  ['a request without body', '/', undefined, 200, undefined],
  ['a body that is handed on', '/', 'hello', 200, 'yes:hello'],
  ['an empty body', '/', '', 200, 'yes:'],
  ['a body of exactly the limit', '/', 'x'.repeat(limit), 200, `yes:${'x'.repeat(limit)}`],
  ['a body over the limit, handed on whole', '/', long, 200, `yes:${long}`],
  ['an attack in the body', '/', 'an attack', 403, ''],
  ['an attack within the limit of a long body', '/', `attack${long}`, 403, ''],
  ['an attack in the query', '/?q=%3Cscript', undefined, 403, ''],
  ['a custom response', '/tea', undefined, 418, '<p>tea'],
  ['a CAPTCHA', '/captcha', undefined, 405, ''],
  ['a challenge', '/challenge', undefined, 202, ''],
]

for (const [kind, start] of Object.entries(starts)) {
  test(`middleware: ${kind}`, async () => {
    const { port, stop } = await start(webACL)
    try {
      for (const [name, path, body, status, answer] of rows) {
        const sent =
          body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/x-any' } }
        const response = await fetch(`http://127.0.0.1:${port}${path}`, sent)
        const text = await response.text()
        assert.equal(response.status, status, name)
        if (answer !== undefined)
          assert.ok(text === answer, `${name}: ${text.length} bytes, not ${answer.length}`)
        if (path === '/tea')
          assert.deepEqual(
            [response.headers.get('x-why'), response.headers.get('content-type')?.split(';')[0]],
            ['tea', 'text/html'],
          )
        if (status === 405) assert.equal(response.headers.get('x-amzn-waf-action'), 'captcha')
        if (status === 202) assert.equal(response.headers.get('x-amzn-waf-action'), 'challenge')
      }
      assert.equal(rows.length, 11)
    } finally {
      await stop()
    }
  })

  test(`middleware: ${kind} lets nobody through when inspecting fails`, async () => {
    const { port, stop } = await start(broken)
    const before = bugs.length
    try {
      assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 500)
      assert.equal(bugs.length, before + 1)
    } finally {
      await stop()
    }
  })
}

for (const kind of ['node', 'fastify']) {
  test(`middleware: ${kind} reads a chunked body that trickles, and outlives a client that goes away`, async () => {
    const { port, stop } = await (starts[kind] ?? assert.fail())(webACL)
    try {
      const gone = connect(port, '127.0.0.1')
      gone.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc')
      await new Promise((resolve) => setTimeout(resolve, 50))
      gone.destroy()

      const socket = connect(port, '127.0.0.1')
      socket.setEncoding('latin1')
      socket.write(
        'POST / HTTP/1.1\r\nHost: h\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
      )
      for (const piece of ['3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n', '\r\n']) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        socket.write(piece)
      }
      let text = ''
      for await (const chunk of socket) text += String(chunk)
      assert.match(text, /^HTTP\/1\.1 200/)
      assert.match(text, /yes:abcde/)
    } finally {
      await stop()
    }
  })
}

const targets: readonly [target: string, want: readonly [string, string, string | undefined]][] = [
  ['/a?b#c', ['/a', 'b', 'c']],
  ['/a', ['/a', '', undefined]],
  ['/a#b?c', ['/a', '', 'b?c']],
  ['/a?b?c', ['/a', 'b?c', undefined]],
  ['http://h:1/a?b', ['/a', 'b', undefined]],
  ['http://h?b', ['/', 'b', undefined]],
  ['//h/a', ['//h/a', '', undefined]],
  ['*', ['*', '', undefined]],
  ['', ['/', '', undefined]],
  ['/a\nb?c\nd', ['/a\nb', 'c\nd', undefined]],
]

test('middleware: a target is taken apart as received', () => {
  for (const [target, want] of targets) {
    const { path, query, fragment } = splitTarget(target)
    assert.deepEqual([path, query, fragment], want, target)
  }
  assert.equal(targets.length, 10)
})
