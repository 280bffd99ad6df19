/**
 * The least that any server in Node must do to let a signed request in: node:http reads it, node:crypto computes what SigV4 asks
 * for (two hashes, one HMAC with a key that is kept, a comparison), and a small fixed body answers. No service model, no decision,
 * no record, and no rule of SigV4 beyond what the benchmark's requests need: a yardstick, not a verifier. Run as a process of its
 * own, with the secret access key as its parameter.
 */
import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'

const [secret = ''] = process.argv.slice(2)
const answer = Buffer.from(`<GetCallerIdentityResponse>${'x'.repeat(350)}</GetCallerIdentityResponse>`)
const keys = new Map<string, KeyObject>()
const form = /Credential=[^/]+\/([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})/

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const signed = isSigned(request, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
    response.writeHead(signed ? 200 : 403, { 'content-type': 'text/xml', 'content-length': answer.length })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`)
})

function isSigned({ method, url, headers }: IncomingMessage, body: Buffer = Buffer.alloc(0)): boolean {
  const [, scope = '', names = '', signature = ''] = form.exec(headers.authorization ?? '') ?? []
  let lines = ''
  for (const name of names.split(';')) lines += `${name}:${String(headers[name])}\n`
  const canonical = `${method}\n${url}\n\n${lines}\n${names}\n${hash('sha256', body, 'hex')}`
  const text = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${hash('sha256', canonical, 'hex')}`
  const wanted = createHmac('sha256', keyOf(scope)).update(text).digest()
  const given = Buffer.from(signature, 'hex')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function keyOf(scope: string): KeyObject {
  const kept = keys.get(scope)
  if (kept) return kept
  let bytes = Buffer.from(`AWS4${secret}`)
  for (const part of scope.split('/')) bytes = createHmac('sha256', bytes).update(part).digest()
  const key = createSecretKey(bytes)
  keys.set(scope, key)
  return key
}
