// Goal: whatever a client sends, its target is asked no more requests than that client is answered, and none is answered to somebody else.
// Method: requests as clients write them, mutated as smugglers do (generated; of a failure the seed is shown), many connections at a time; the target is
// node's own strict parser, which numbers what it is asked and says the number in its answer. Each connection's target is a path's own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { mutated } from '../../wire/http1/generated-requests.test.ts'
import { Client, doorPart, edge, frontDoor, group, groupPart, origin, target } from '../rig.test.ts'

const atOnce = 25
const runs = 40
/** Since the last byte came from anybody. Units: milliseconds. */
const quietMs = 60

interface Tried {
  readonly sent: Buffer
  readonly client: Client
}

/** Waits until nothing more comes to anybody. */
async function settle(clients: readonly Client[], asked: () => number): Promise<void> {
  const seen = (): string =>
    `${asked()} ${clients.map(({ received, closed }) => received.length + Number(closed)).join()}`
  for (let before = ''; before !== seen(); await sleep(quietMs)) before = seen()
}

const numbersIn = (received: string): readonly number[] =>
  [...received.matchAll(/\r\nx-asked: (\d+)\r\n/g)].map(([, number]) => Number(number))

test('edge: a target is asked what its client is answered, whatever is sent', async (t) => {
  let last = 0
  const { port, asked } = await origin(t, (_, response) => {
    last += 1
    response.setHeader('x-asked', String(last))
    response.end('said')
  })
  const parts = [doorPart(frontDoor({ hostName: 'h' })), groupPart(group([target(port)]))]
  const { ports } = await edge(t, { parts, limits: { connectionsPerAddressMax: 1_000 } })
  let refused = 0
  const inputs = fc.array(mutated, { minLength: atOnce, maxLength: atOnce })
  const property = fc.asyncProperty(inputs, async (all) => {
    const first = last
    const tried = all.map((sent): Tried => ({ sent, client: new Client(ports.http).send(sent) }))
    const clients = tried.map(({ client }) => client)
    await settle(clients, () => asked.length)
    const numbers = clients.flatMap(({ received }) => numbersIn(received))
    const shown = () => JSON.stringify(tried.map(({ sent }) => sent.toString('latin1')))
    assert.equal(new Set(numbers).size, numbers.length, `an answer came twice: ${shown()}`)
    assert.equal(asked.length, last, `a request broke off: ${shown()}`)
    assert.deepEqual(
      numbers.toSorted((one, other) => one - other),
      Array.from({ length: last - first }, (_, index) => first + index + 1),
      `asked and answered differ: ${shown()}`,
    )
    for (const { sent, client } of tried) {
      for (const number of numbersIn(client.received)) {
        const { url = '' } = asked[number - 1] ?? {}
        // Its path is in what this client sent, though the target may be in absolute form there.
        assert.ok(
          sent.includes(url.replace(/^\//, ''), 0, 'latin1'),
          `${url} is not of ${JSON.stringify(sent.toString('latin1'))}`,
        )
      }
      refused += Number(/(?:^|\r\n)HTTP\/1\.1 [45]\d\d /.test(client.received))
      client.socket.destroy()
    }
  })
  const { failed, seed, errorInstance } = await fc.check(property, { numRuns: runs, endOnFailure: true })
  assert.ok(!failed, `seed ${seed}: ${errorInstance instanceof Error ? errorInstance.message : 'no error'}`)
  assert.ok(last > 200 && refused > 200, `${last} requests arrived, ${refused} connections were refused`)
  t.diagnostic(`${last} requests arrived of ${atOnce * runs} connections; ${refused} were refused`)
})
