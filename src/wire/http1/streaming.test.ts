// Goal: an answer that comes piece by piece leaves so, no faster than its client takes it; one that breaks does not look whole; its source
// is let go whatever happens. Method: real sockets; sources that note what is asked of them.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import type { HttpResponse } from '../http.ts'
import { mebibyte, ok, rig } from './rig.test.ts'

const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'

/** A source of pieces: what it gives, and whether it was let go. */
function source(next: (index: number) => Promise<string | Buffer | undefined> | string | Buffer | undefined) {
  const state = { asked: 0, returned: 0 }
  const rest: NonNullable<HttpResponse['rest']> = {
    async next() {
      const piece = await next(state.asked++)
      return piece === undefined
        ? { done: true, value: undefined }
        : { done: false, value: Buffer.from(piece) }
    },
    return() {
      state.returned += 1
      return Promise.resolve({ done: true, value: undefined })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
  const response: HttpResponse = { status: 200, headers: { 'x-a': 'b' }, body: '', rest }
  return { state, response }
}

const two = () => source((index) => ['one', 'two'][index])

test('streaming: pieces are chunks, and the next request is answered', async (t) => {
  const { connect } = await rig(t, ({ path }, respond) => respond(path === '/' ? two().response : ok))
  const client = connect()
  client.send(`${get}${get.replace('/', '/next')}`)
  while (!client.text.endsWith('ok')) await once(client.socket, 'data')
  const [, body = ''] = client.text.split('\r\n\r\n', 2)
  assert.match(
    client.text,
    /^HTTP\/1\.1 200 OK\r\nx-a: b\r\ndate: [^\r]+\r\ntransfer-encoding: chunked\r\n\r\n/,
  )
  assert.equal(body, '3\r\none\r\n3\r\ntwo\r\n0')
})

test('streaming: who speaks HTTP/1.0 gets the bytes, and the end of the connection', async (t) => {
  const { connect } = await rig(t, (_, respond) => respond(two().response))
  const client = connect()
  client.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
  await client.end()
  assert.match(client.text, /\r\nconnection: close\r\n\r\nonetwo$/)
  assert.doesNotMatch(client.text, /chunked/)
})

test('streaming: a HEAD gets no piece, and the source is let go', async (t) => {
  const given = two()
  const { connect } = await rig(t, ({ method }, respond) => respond(method === 'HEAD' ? given.response : ok))
  const client = connect()
  client.send(get.replace('GET', 'HEAD') + get)
  while (!client.text.endsWith('ok')) await once(client.socket, 'data')
  assert.deepEqual(given.state, { asked: 0, returned: 1 })
  assert.doesNotMatch(client.text, /one/)
})

test('streaming: a source that breaks cuts the connection', async (t) => {
  const { connect, bugs } = await rig(t, (_, respond) =>
    respond(
      source((index) => {
        if (index === 1) throw new Error('broke')
        return 'half'
      }).response,
    ),
  )
  const client = connect()
  client.send(get)
  await client.end()
  assert.match(client.text, /\r\n\r\n4\r\nhalf\r\n$/)
  assert.deepEqual(bugs, [])
})

test('streaming: no more is asked for than a client takes; one that takes nothing is cut, and the source let go', async (t) => {
  const given = source(() => Buffer.alloc(mebibyte))
  const { connect, tick } = await rig(t, (_, respond) => respond(given.response))
  const client = connect()
  client.socket.pause()
  client.send(get)
  let before = -1
  while (before !== given.state.asked) {
    before = given.state.asked
    await sleep(50)
  }
  assert.ok(given.state.asked < 64, `asked ${given.state.asked} times`)
  tick(60)
  await sleep(20)
  assert.equal(given.state.returned, 0, 'it has its time')
  tick(2)
  await sleep(20)
  assert.equal(given.state.returned, 1)
})

test('streaming: a source may take its time, and is let go when its client has gone', async (t) => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const given = source(() => promise)
  const { connect, tick } = await rig(t, (_, respond) => respond(given.response))
  const client = connect()
  client.send(get)
  await once(client.socket, 'data')
  tick(600)
  await sleep(10)
  assert.equal(client.wasReset, false)
  client.socket.destroy()
  await sleep(20)
  resolve('late')
  await sleep(20)
  assert.equal(given.state.returned, 1)
})

test('streaming: cookies stand in lines of their own, and none ends its line', async (t) => {
  const { connect, bugs } = await rig(t, ({ path }, respond) =>
    respond({ ...ok, setCookies: path === '/' ? ['a=1', 'b=2'] : ['a\r\nb: c'] }),
  )
  const client = connect()
  client.send(get + get.replace('/', '/bad'))
  const [good, bad] = await client.answers(2)
  assert.match(good?.head ?? '', /\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n/)
  assert.deepEqual([bad?.status, bugs.length], [500, 1])
})
