// A reverse proxy as one writes it in Node: node:http in front, undici's pool behind. Its parameter is the origin's port.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 64 })
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade'])

const server = createServer((request, response) => {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopByHop.has(name)))
  headers['x-forwarded-for'] = request.socket.remoteAddress
  headers['x-forwarded-proto'] = 'http'
  pool.stream(
    {
      path: request.url ?? '/',
      method: request.method ?? 'GET',
      headers,
      body: request.method === 'GET' ? null : request,
    },
    ({ statusCode, headers }) => response.writeHead(statusCode, headers),
    (error) => error && response.destroy(),
  )
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`)
})
