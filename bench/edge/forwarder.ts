// The least that node:net can do between a client and an origin: bytes are handed on as they come, one connection of the origin for
// each of a client. No parsing, no rules, no headers: a yardstick. Its parameter is the origin's port.
import { connect, createServer } from 'node:net'

const origin = Number(process.argv[2])
const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ port: origin, host: '127.0.0.1', noDelay: true })
  client.on('data', (bytes) => upstream.write(bytes))
  upstream.on('data', (bytes) => client.write(bytes))
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroy())
  }
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`)
})
