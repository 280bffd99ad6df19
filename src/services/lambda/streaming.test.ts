// Goal: what a function streams arrives as it is written, by a URL and by InvokeWithResponseStream; one that breaks on its way does not look
// whole; whoever does not stream is answered all the same. Method: the rig with a server before it; the published client.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rig } from './rig.test.ts'
import { openToAll, serveUrls } from './url-rig.test.ts'

const streams = (body: string): string =>
  `export const handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} })`
const waits = 'await new Promise((done) => setTimeout(done, 150))'

test('a URL streams: status, headers and cookies first, pieces as they are written', async (t) => {
  const ground = await rig(t)
  const { lambda, make } = ground
  const { ask } = await serveUrls(t, ground)
  const urlOf = async (FunctionName: string, source: string) => {
    await make(FunctionName, source, { Timeout: 2 })
    const { FunctionUrl = '' } = await lambda.createFunctionUrlConfig({
      ...{ FunctionName, AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' },
    })
    await openToAll(ground, FunctionName)
    return FunctionUrl
  }
  const head =
    "{ statusCode: 202, headers: { 'Content-Type': 'text/html', 'x-own': 'yes' }, cookies: ['a=1'] }"
  const whole = await ask(
    await urlOf(
      'whole',
      streams(
        `stream = awslambda.HttpResponseStream.from(stream, ${head}); stream.write('<p>'); ${waits}; stream.write('two'); ${waits}; stream.end('</p>')`,
      ),
    ),
  )
  assert.deepEqual(
    [
      whole.status,
      whole.headers['content-type'],
      whole.headers['x-own'],
      whole.headers['set-cookie'],
      whole.whole,
    ],
    [202, 'text/html', 'yes', ['a=1'], true],
  )
  assert.deepEqual(whole.pieces, ['<p>', 'two', '</p>'])
  assert.equal(whole.headers['transfer-encoding'], 'chunked')

  const rows: readonly (readonly [string, string, readonly unknown[]])[] = [
    [
      'without a head',
      streams("stream.setContentType('text/plain'); stream.end('hello')"),
      [200, 'text/plain', 'hello', true],
    ],
    ['that never writes', streams('stream.end()'), [200, 'application/octet-stream', '', true]],
    [
      'that does not stream',
      "export const handler = async () => ({ statusCode: 404, body: 'x' })",
      [200, 'application/json', '{"statusCode":404,"body":"x"}', true],
    ],
    [
      'that fails before',
      streams("throw new Error('secret')"),
      [502, 'text/plain', 'Internal Server Error', true],
    ],
    [
      'that fails on its way',
      streams(
        `stream.setContentType('text/plain'); stream.write('half'); ${waits}; throw new Error('secret')`,
      ),
      [200, 'text/plain', 'half', false],
    ],
    [
      'that takes too long',
      streams(
        "stream.setContentType('text/plain'); stream.write('half'); await new Promise((done) => setTimeout(done, 60000))",
      ),
      [200, 'text/plain', 'half', false],
    ],
    [
      'that crashes',
      streams(`stream.setContentType('text/plain'); stream.write('half'); ${waits}; process.exit(1)`),
      [200, 'text/plain', 'half', false],
    ],
    [
      'whose head is none',
      streams("stream = awslambda.HttpResponseStream.from(stream, { statusCode: 99 }); stream.end('x')"),
      [502, 'text/plain', 'Internal Server Error', true],
    ],
    [
      'of 204',
      streams("stream = awslambda.HttpResponseStream.from(stream, { statusCode: 204 }); stream.end('x')"),
      [204, 'application/octet-stream', '', true],
    ],
  ]
  for (const [index, [name, source, want]] of rows.entries()) {
    const told = await ask(await urlOf(`row-${index}`, source))
    assert.deepEqual([told.status, told.headers['content-type'], told.body, told.whole], want, name)
  }
  assert.equal(rows.length, 9)
})

test('more than a buffered answer may hold is streamed, and the environment is used again', async (t) => {
  const ground = await rig(t)
  const { lambda, make, invoke } = ground
  await make(
    'large',
    `let count = 0\n${streams("count += 1; if (event.rawPath === undefined) return stream.end(String(count)); const { once } = await import('node:events'); for (let index = 0; index < 160; index += 1) if (!stream.write('x'.repeat(65536))) await once(stream, 'drain'); stream.end()")}`,
    { Timeout: 10 },
  )
  const { FunctionUrl = '' } = await lambda.createFunctionUrlConfig({
    ...{ FunctionName: 'large', AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' },
  })
  await openToAll(ground, 'large')
  const { ask } = await serveUrls(t, ground)
  const told = await ask(FunctionUrl)
  assert.deepEqual([told.whole, told.body.length], [true, 160 * 65_536])
  assert.equal((await invoke('large')).payload, 2, 'a call that waits gets what was streamed as a whole')
})

test('InvokeWithResponseStream gives chunks, and what came of it', async (t) => {
  const { lambda, make, user } = await rig(t)
  await make(
    'hello',
    streams(`stream.write('one,'); ${waits}; stream.write({ name: event.name }); stream.end()`),
  )
  await make('broken', streams(`stream.write('half'); ${waits}; throw new TypeError('wrong')`))
  await make('early', streams("throw new TypeError('wrong')"))
  const read = async (FunctionName: string, client = lambda) => {
    const answer = await client.invokeWithResponseStream({
      FunctionName,
      Payload: Buffer.from('{"name":"Ada"}'),
      LogType: 'Tail',
    })
    const chunks: string[] = []
    let complete
    for await (const event of answer.EventStream ?? []) {
      if (event.PayloadChunk) chunks.push(Buffer.from(event.PayloadChunk.Payload ?? []).toString('utf8'))
      if (event.InvokeComplete) complete = event.InvokeComplete
    }
    const { ErrorCode, ErrorDetails = 'null', LogResult = '' } = complete ?? {}
    const { errorType } = (JSON.parse(ErrorDetails) as { errorType?: string } | null) ?? {} // AWS's form of an error.
    const log = Buffer.from(LogResult, 'base64').toString('utf8')
    return { status: answer.StatusCode, version: answer.ExecutedVersion, chunks, ErrorCode, errorType, log }
  }
  const { log, ...hello } = await read('hello')
  assert.deepEqual(hello, {
    status: 200,
    version: '$LATEST',
    chunks: ['one,', '{"name":"Ada"}'],
    ErrorCode: undefined,
    errorType: undefined,
  })
  assert.match(log, /^START RequestId: [^]*END RequestId: [^]*REPORT RequestId: /)
  const broken = await read('broken')
  assert.deepEqual([broken.chunks, broken.ErrorCode, broken.errorType], [['half'], 'Unhandled', 'TypeError'])
  const early = await read('early')
  assert.deepEqual([early.chunks, early.ErrorCode, early.errorType], [[], 'Unhandled', 'TypeError'])
  const nobody = await user('nobody')
  await assert.rejects(read('hello', nobody), /lambda:InvokeFunction/)
})
