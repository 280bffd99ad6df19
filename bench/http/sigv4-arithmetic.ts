/**
 * The least that any server in Node must do to let a signed request in: node:http reads it, node:crypto computes what SigV4 asks
 * for (two hashes, one HMAC with a key that is kept, a comparison), and a small fixed body answers. No service model, no decision,
 * no record: a yardstick. Run as a process of its own, with the secret access key as its parameter.
 */
import { createServer } from 'node:http'
import { signatureSums } from './signature-sums.ts'

const [secret = ''] = process.argv.slice(2)
const isSigned = signatureSums(secret)
const answer = Buffer.from(`<GetCallerIdentityResponse>${'x'.repeat(350)}</GetCallerIdentityResponse>`)

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
