// Goal: no request is read that node's own parser (llhttp, strict) refuses, or of which it reads another method, target, header or
// body; where ours is the stricter one, the difference is known.
// Method: thousands of generated and mutated inputs, read here and sent to a node:http server on loopback; what both read is compared.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { mutated, requests } from './generated-requests.test.ts'
import { read, type Reading, type ReadRequest } from './rig.test.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'

/** What node read on one connection. */
interface NodeReading {
  readonly requests: Pick<ReadRequest, 'method' | 'target' | 'rawHeaders' | 'body'>[]
  error: string | undefined
  /** When the connection was accepted: port numbers come again. */
  readonly acceptedAt: number
}

interface Compared {
  readonly ours: Reading
  readonly theirs: NodeReading
}

const readings = new WeakMap<Socket, NodeReading>()
const byClientPort = new Map<number, NodeReading>()
const node = createServer({ maxHeaderSize: 64 * 1024 }, (message, response) => {
  const chunks: Buffer[] = []
  const reading = readings.get(message.socket)
  message.on('data', (chunk: Buffer) => chunks.push(chunk))
  message.on('end', () => {
    reading?.requests.push(readByNode(message, Buffer.concat(chunks)))
    response.end()
  })
})
node.on('connection', (socket) => {
  const reading: NodeReading = { requests: [], error: undefined, acceptedAt: performance.now() }
  readings.set(socket, reading)
  byClientPort.set(socket.remotePort ?? 0, reading)
  socket.on('error', () => undefined)
})
node.on('clientError', (error: NodeJS.ErrnoException, socket) => {
  const reading = readings.get(socket as Socket) // The server's are TCP sockets.
  if (reading) reading.error = error.code
  socket.destroy()
})
const port = await listenOnLoopback(node, { after })

function readByNode(message: IncomingMessage, body: Buffer): NodeReading['requests'][number] {
  const { method = '', url = '', rawHeaders } = message
  // An empty query reads as none here, and signs as none.
  return { method, target: url.replace(/^([^?]*)\?$/, '$1'), rawHeaders, body: body.toString('latin1') }
}

/** Lets node read the same bytes, until it has read so many requests, or has found fault, or time is up. */
async function readWithNode(sent: Buffer, count: number): Promise<NodeReading> {
  const begunAt = performance.now()
  const client = connect({ port, host: '127.0.0.1' })
  client.on('error', () => undefined)
  client.resume()
  await once(client, 'connect')
  const clientPort = client.localPort ?? 0
  client.write(sent)
  const waitMsMax = count > 0 ? 2_000 : 5
  const reading = (): NodeReading => {
    const found = byClientPort.get(clientPort)
    return found && found.acceptedAt >= begunAt
      ? found
      : { requests: [], error: undefined, acceptedAt: begunAt }
  }
  while (
    reading().requests.length < count &&
    reading().error === undefined &&
    performance.now() - begunAt < waitMsMax
  ) {
    await sleep(1)
  }
  const read = reading()
  byClientPort.delete(clientPort)
  client.destroy()
  return read
}

/** Holds what we read against what node read. */
async function compare(sent: Buffer): Promise<Compared> {
  const all = read([sent])
  // Behind a request that asks for an upgrade and gets none, node loses the rest of what arrived with it; here it is read.
  const upgrade = all.requests.findIndex(asksForUpgrade)
  const ours = upgrade < 0 ? all : { requests: all.requests.slice(0, upgrade + 1), next: 'an upgrade' }
  const theirs = await readWithNode(sent, ours.requests.length)
  const shown = JSON.stringify(sent.toString('latin1'))
  assert.ok(
    theirs.requests.length >= ours.requests.length,
    `node refuses (${theirs.error}) what we read: ${shown}`,
  )
  for (const [index, { method, target, headers, rawHeaders, body }] of ours.requests.entries()) {
    const other = theirs.requests[index]
    assert.ok(other)
    assert.deepEqual([method, target, body], [other.method, other.target, other.body], shown)
    if (rawHeaders.length > 0) assert.deepEqual(rawHeaders, other.rawHeaders, shown)
    else assert.deepEqual(sortedFields(headers), sortedFields(fieldsOf(other.rawHeaders)), shown)
  }
  return { ours, theirs }
}

type Fields = readonly (readonly [name: string, value: string])[]

/** Node's raw headers as pairs, the names in lower case. */
function fieldsOf(rawHeaders: readonly string[]): Fields {
  return rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as const] : [],
  )
}

/** Sorted by name: where no name is repeated their order means nothing, and an object has names like `6` before all others. */
function sortedFields(fields: Fields): Fields {
  return fields.toSorted(([one], [other]) => (one < other ? -1 : 1))
}

function asksForUpgrade({ headers }: ReadRequest): boolean {
  const value = (name: string): string | undefined => headers.find(([each]) => each === name)?.[1]
  return value('upgrade') !== undefined && /upgrade/i.test(value('connection') ?? '')
}

const atOnce = 25

/** Runs inputs by the dozen, on connections of their own; of a failure it shows the seed and the one input, not all. */
async function compareAll(
  input: fc.Arbitrary<Buffer>,
  runs: number,
  note: (compared: Compared, sent: Buffer) => void,
): Promise<void> {
  const inputs = fc.array(input, { minLength: atOnce, maxLength: atOnce })
  const property = fc.asyncProperty(inputs, async (all) => {
    const compared = await Promise.all(all.map(async (sent) => [await compare(sent), sent] as const))
    for (const [each, sent] of compared) note(each, sent)
  })
  const { failed, seed, errorInstance } = await fc.check(property, { numRuns: runs, endOnFailure: true })
  assert.ok(!failed, `seed ${seed}: ${errorInstance instanceof Error ? errorInstance.message : 'no error'}`)
}

test('differential: requests as clients write them are read alike', async () => {
  let both = 0
  await compareAll(requests, 60, ({ ours }) => (both += ours.requests.length))
  assert.ok(both > 1_000, `${both} requests were read by both`)
})

test('differential: whatever of mutated requests is read, node reads the same', async (t) => {
  let inputs = 0
  let both = 0
  let refusedByBoth = 0
  const stricter = new Map<string, string>()
  await compareAll(mutated, 240, ({ ours, theirs }, sent) => {
    inputs += 1
    both += ours.requests.length
    if (!/^\d/.test(ours.next)) return
    if (theirs.requests.length <= ours.requests.length) refusedByBoth += 1
    else stricter.set(ours.next, sent.toString('latin1'))
  })
  for (const [why, sent] of stricter)
    t.diagnostic(`stricter than node: ${why}, e.g. ${JSON.stringify(sent.slice(0, 200))}`)
  assert.ok(inputs >= 6_000, `${inputs} inputs`)
  assert.ok(
    both > 1_000 && refusedByBoth > 1_000,
    `${both} requests read by both, ${refusedByBoth} inputs refused by both`,
  )
})
