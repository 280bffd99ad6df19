/**
 * Signatures by themselves: a signed GetUser verified and signed by Redoubt; beside it @smithy/signature-v4, which signs in AWS's SDKs (who verifies
 * with it signs again and compares), over node:crypto; and the sums alone that a signature takes. CPU time, medians of rounds that take turns.
 * The requests of a row all differ.
 */
import assert from 'node:assert/strict'
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { SignatureV4 } from '@smithy/signature-v4'
import { createVerifier, readClaim, secretMaterial, type SignedRequest } from '#wire/sigv4/index.ts'
import { calibration } from './calibration.ts'
import { goalTable } from './goals.ts'
import { query, signing } from './http/requests.ts'
import { signatureSums } from './http/signature-sums.ts'
import { table } from './table.ts'

const [rounds, roundMs, distinct] = [9, 100, 64]
const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const call = query('iam', 'GetUser', { UserName: 'bench' })
const sign = signing(80, 'iam', credentials)

/** node:crypto as the peer takes hashes. */
class NodeSha256 {
  readonly #sum: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret)
    this.#sum = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#sum.update(typeof data === 'string' ? data : bytesOf(data))
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#sum.digest())
  }

  reset(): void {
    assert.fail('a sum is made for each text')
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Buffer {
  return data instanceof ArrayBuffer
    ? Buffer.from(data)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

const verifier = createVerifier()
const secret = secretMaterial(credentials.secretAccessKey)
const smithy = new SignatureV4({
  credentials,
  region: 'us-east-1',
  service: 'iam',
  sha256: NodeSha256,
})
const sums = signatureSums(credentials.secretAccessKey)

/** As an SDK signs number so much. */
function signedBySmithy(number: number) {
  return smithy.sign(
    {
      ...{ protocol: 'http:', hostname: '127.0.0.1', method: 'POST', path: '/' },
      headers: { host: '127.0.0.1:80', ...call.headers, 'user-agent': 'redoubt-bench' },
      body: call.body,
    },
    { signingDate: new Date(nowMs - (number % distinct) * 1000) },
  )
}
const requests: SignedRequest[] = []
for (let number = 0; number < distinct; number += 1) {
  const { method, path, headers } = await signedBySmithy(number)
  requests.push({ method, path, query: '', headers, body: Buffer.from(call.body) })
}

/** What each does with request number so much; they answer whether it holds. */
const rows: readonly (readonly [what: string, run: (number: number) => boolean | Promise<boolean>])[] = [
  [
    'redoubt, read and verified',
    (number) => {
      const request = requestOf(number)
      const claim = readClaim(request)
      return claim.ok && verifier.verify(request, claim, secret, { nowMs, services: ['iam'] }).ok
    },
  ],
  ['redoubt, signed', (number) => sign(call, nowMs - number * 1000).headers['authorization'] !== undefined],
  [
    '@smithy/signature-v4, signed again and compared',
    async (number) => {
      const again = await signedBySmithy(number)
      return again.headers['authorization'] === requestOf(number).headers['authorization']
    },
  ],
  [
    'the sums alone',
    (number) => {
      const { method, path, headers, body } = requestOf(number)
      return sums({ method, url: path, headers } as IncomingMessage, Buffer.from(body)) // It reads no more of it.
    },
  ],
]

function requestOf(number: number) {
  const request = requests[number % distinct]
  assert.ok(request)
  return request
}

async function round(run: (typeof rows)[number][1]): Promise<number> {
  const [begun, until] = [process.cpuUsage(), performance.now() + roundMs]
  let calls = 0
  while (performance.now() < until)
    for (let n = 0; n < 32; n += 1, calls += 1) {
      const holds = run(calls)
      assert.ok(holds instanceof Promise ? await holds : holds)
    }
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / calls
}

console.log(calibration('before'))
const measured = rows.map((): number[] => [])
for (let turn = -2; turn < rounds; turn += 1)
  for (const [index, [, run]] of rows.entries()) {
    const micros = await round(run)
    if (turn >= 0) measured[index]?.push(micros)
  }
const medians = measured.map(
  (figures) => figures.toSorted((one, other) => one - other)[Math.floor(rounds / 2)] ?? Number.NaN,
)
console.log(calibration('after'))
const alone = medians.at(-1) ?? Number.NaN
const shown = rows.map(([what], index) => {
  const micros = medians[index] ?? Number.NaN
  return [what, micros.toFixed(2), `${(micros / alone).toFixed(2)} ×`]
})
console.log(`\n${table(['a signed GetUser', 'CPU µs', '÷ the sums alone'], shown)}`)
const [verified = Number.NaN, , theirs = Number.NaN] = medians
console.log(
  `\n${goalTable([
    { what: 'verified, of @smithy/signature-v4', atMost: 0.5, measured: verified / theirs, unit: ' ×' },
  ])}`,
)
