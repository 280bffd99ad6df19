// The least that node:http can do with the same request: read its body, answer five letters. Run as a process of its own.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  request.on('data', () => undefined)
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 5 })
    response.end('hello')
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`)
})
