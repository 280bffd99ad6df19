/**
 * The least that any server in Node must do for a signed Encrypt: what sigv4-arithmetic.ts does, and AES-256-GCM of the plaintext under
 * one fixed key, with the request read from JSON and base64 and the answer written so. No key policy, no grants, no record, no key of
 * its own for a message: a yardstick. Run as a process of its own, with the secret access key as its parameter.
 */
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { signatureSums } from './signature-sums.ts'

const [secret = ''] = process.argv.slice(2)
const isSigned = signatureSums(secret)
const key = createSecretKey(randomBytes(32))

function encrypted({ KeyId, Plaintext }: { readonly KeyId: string; readonly Plaintext: string }): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const ciphertext = cipher.update(Plaintext, 'base64')
  cipher.final()
  const blob = Buffer.concat([iv, ciphertext, cipher.getAuthTag()])
  return JSON.stringify({
    CiphertextBlob: blob.toString('base64'),
    KeyId,
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
  })
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    const signed = isSigned(request, body)
    // The benchmark's own requests, and nobody else's.
    const asked = JSON.parse(String(body)) as Parameters<typeof encrypted>[0]
    const answer = Buffer.from(signed ? encrypted(asked) : '{}')
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'content-length': answer.length }
    response.writeHead(signed ? 200 : 403, headers)
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`)
})
