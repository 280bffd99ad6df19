// The origin behind every proxy of a benchmark: reads requests by their length, answers each with the same small page. As cheap as
// can be, and in a process of its own, so that what is measured is the proxy. Prints its port.
import { createServer, type Socket } from 'node:net'

const body = 'hello from the origin\n'
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\ncache-control: no-store\r\n\r\n${body}`,
)

function serve(socket: Socket): void {
  let unread = ''
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  socket.setEncoding('latin1').on('data', (text: string) => {
    unread += text
    for (;;) {
      const end = unread.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = unread.slice(0, end + 2)
      const chunked = /\r\ntransfer-encoding: *chunked\r\n/i.test(head)
      const length = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? 0)
      const whole = chunked ? unread.indexOf('0\r\n\r\n', end + 4) + 5 : end + 4 + length
      if (whole < end + 4 || unread.length < whole) return
      unread = unread.slice(whole)
      socket.write(answer)
    }
  })
}

const server = createServer(serve)
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on ${typeof address === 'object' ? address?.port : ''}`)
})
