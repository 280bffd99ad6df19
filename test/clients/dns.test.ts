// Goal: `redoubt serve --dns-port` resolves for ordinary clients, and keeps a record of every query where detection finds it.
// Method: a server as a process of its own before an upstream of the test; Node's own client; the segments of the data directory.
import assert from 'node:assert/strict'
import { Resolver } from 'node:dns/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { address, loopback, upstream } from '../../src/resolver/rig.test.ts'
import { serverFor } from '../server.ts'

test('dns: a server resolves and records', async (t) => {
  const up = await upstream(t, ({ packet }) => ({
    answers: [address(packet.questions?.[0]?.name ?? '', '192.0.2.7')],
  }))
  // A port that was free a moment ago: its own choice is shown to people alone.
  const port = up.port > 40_000 ? up.port - 10_000 : up.port + 10_000
  const flags = ['--dns-port', String(port), '--dns-upstream', `${up.address}:${up.port}`]
  const server = await serverFor(t, { dev: true, workers: 2, flags })
  const client = new Resolver({ timeout: 3_000, tries: 1 })
  client.setServers([`${loopback}:${port}`])
  assert.deepEqual(await client.resolve4('shop.example.com'), ['192.0.2.7'])
  assert.equal(await server.stop(), 0)
  const folder = join(server.directory, 'telemetry/dns')
  const records = readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Record<string, unknown>) // What the resolver wrote.
  assert.equal(records.length, 1)
  const { accountId, queryName, rcode, srcaddr } = records[0] ?? {}
  assert.deepEqual(
    [accountId, queryName, rcode, srcaddr],
    ['000000000000', 'shop.example.com', 'NOERROR', loopback],
  )
})
