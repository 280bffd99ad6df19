// Goal: a stream that has ended by the time it is read is read like any other: its pieces, and its end. Method: streams of one part.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResponseStream, StreamPart } from '#functions/index.ts'
import { streamedAnswer } from './url-stream.ts'

const head = Buffer.concat([Buffer.from('{"statusCode":201}'), Buffer.alloc(8), Buffer.from('half')])

function streamOf(part: StreamPart): ResponseStream {
  return { read: () => Promise.resolve(part), cancel: () => undefined }
}

const contentType = 'application/vnd.awslambda.http-integration-response'

test('a function that failed before anybody read has its answer cut, and is no failure of ours', async () => {
  const end = { error: Buffer.from('{}'), logTail: '' }
  const answer = await streamedAnswer({ contentType, stream: streamOf({ pieces: [head], end }) })
  assert.equal(answer?.status, 201)
  const rest = answer.rest?.[Symbol.asyncIterator]()
  await assert.rejects(Promise.resolve(rest?.next()), /the function failed while it answered/)
})

test('an answer that came as a whole is read as a whole', async () => {
  const answer = await streamedAnswer({
    contentType,
    stream: streamOf({ pieces: [head], end: { logTail: '' } }),
  })
  const pieces: string[] = []
  for await (const piece of answer?.rest ?? []) pieces.push(String(piece))
  assert.deepEqual(pieces, ['half'])
})
