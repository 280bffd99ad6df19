import { createHmac, createSecretKey, randomBytes } from 'node:crypto'

const roundMs = 20
const rounds = 15

/**
 * Says how fast the machine is at this moment: what two small things cost here, beside what they cost on the machine that the
 * goals were set on.
 */
export function calibration(when: string): string {
  const key = createSecretKey(randomBytes(32))
  const message = randomBytes(300)
  const encrypt = JSON.stringify({
    KeyId: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    Plaintext: randomBytes(1024).toString('base64'),
  })
  const hmac = cpuMicros(() => createHmac('sha256', key).update(message).digest())
  const parse = cpuMicros(() => JSON.parse(encrypt) as unknown)
  return (
    `machine ${when}: HMAC-SHA256 of 300 B ${hmac.toFixed(1)} µs (goals were set where it takes 2.7), ` +
    `JSON.parse of an Encrypt request ${parse.toFixed(1)} µs (0.7)`
  )
}

/** CPU time of one call, the median round. Units: microseconds. */
function cpuMicros(call: () => unknown): number {
  const each: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const [before, until] = [process.cpuUsage(), performance.now() + roundMs]
    let calls = 0
    while (performance.now() < until) for (let n = 0; n < 100; n += 1, calls += 1) call()
    const { user, system } = process.cpuUsage(before)
    each.push((user + system) / calls)
  }
  return each.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN
}
