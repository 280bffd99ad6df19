// Goal: a worker thread's questions reach the host of functions and the edge, and each answer its question, a fault too. Method: a
// channel of messages that copies what it carries.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FunctionHost, FunctionSpec, Invocation } from '#functions/index.ts'
import { type EdgeView, noEdge } from '#core/edge-view.ts'
import { remoteEdge } from './edge-questions.ts'
import { remoteFunctions } from './function-questions.ts'
import { answerOf, Questions } from './questions.ts'

test('each question gets its own answer, as a copy', async () => {
  const host: FunctionHost = {
    invoke: async (_spec, { payload }) => {
      await new Promise(setImmediate)
      return { kind: 'success', payload, logTail: '' }
    },
    stream: (_spec, { payload }) => {
      const parts = [{ pieces: [payload] }, { pieces: [], end: { logTail: 'log' } }]
      const read = () => Promise.resolve(parts.shift() ?? { pieces: [] })
      return Promise.resolve({ kind: 'streaming', stream: { read, cancel: () => undefined } })
    },
    runtimes: () => Promise.resolve(['nodejs24.x']),
  }
  const questions: Questions = new Questions((number, question) => {
    void answerOf({ edge: noEdge, functions: host }, structuredClone(question)).then((answer) =>
      questions.answered(number, structuredClone(answer)),
    )
  })
  const remote = remoteFunctions((question) => questions.ask({ to: 'functions', question }))
  const spec = { key: 'one', functionName: 'work' } as FunctionSpec // The channel looks into none of it.
  const invocation = (text: string): Invocation => ({
    requestId: text,
    payload: Buffer.from(text),
    invokedArn: '',
    traceHeader: '',
  })
  const answers = await Promise.all([
    remote.invoke(spec, invocation('a')),
    remote.runtimes(),
    remote.invoke(spec, invocation('b')),
  ])
  const payloads = answers.map((one) => (one && 'payload' in one ? Buffer.from(one.payload).toString() : one))
  assert.deepEqual(payloads, ['a', ['nodejs24.x'], 'b'])

  const streamed = await remote.stream(spec, invocation('c'))
  assert.ok(streamed.kind === 'streaming')
  assert.deepEqual(
    [await streamed.stream.read(), await streamed.stream.read()],
    [{ pieces: [new Uint8Array(Buffer.from('c'))] }, { pieces: [], end: { logTail: 'log' } }],
  )
  assert.deepEqual(await streamed.stream.read(), { pieces: [], end: { logTail: '' } }, 'it is let go of')
})

test('what the main thread throws becomes a fault of the question, and nobody else’s', async () => {
  const edge: EdgeView = { ...noEdge, metrics: () => Promise.reject(new Error('EIO: i/o error, read')) }
  const functions: FunctionHost = {
    invoke: () => assert.fail('it is not asked'),
    stream: () => assert.fail('it is not asked'),
    runtimes: () => assert.fail('thrown at once'),
  }
  const questions: Questions = new Questions((number, question) => {
    void answerOf({ edge, functions }, question).then((answer) =>
      questions.answered(number, structuredClone(answer)),
    )
  })
  const remote = remoteEdge((question) => questions.ask({ to: 'edge', question }))
  const query = { account: '111122223333', region: 'us-east-1', fromMs: 0, toMs: 1 }
  await assert.rejects(remote.metrics(query), /could not answer: Error: EIO/)
  const host = remoteFunctions((question) => questions.ask({ to: 'functions', question }))
  await assert.rejects(host.runtimes(), /thrown at once/)
  assert.deepEqual(await remote.listeners(), [])
})
