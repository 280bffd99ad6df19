import { connect } from 'node:net'

/** A status, a connection that was closed without an answer, or none within the time. */
export type Answer = number | 'closed' | 'none'

/** Units: milliseconds. */
const answerMsMax = 10_000

/** Sends bytes as they are over a connection of their own, and gives what came back first. */
export function sendRaw(port: number, bytes: Buffer): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let text = ''
    const end = (answer: Answer): void => {
      resolve(answer)
      socket.destroy()
    }
    socket.setTimeout(answerMsMax, () => end('none'))
    socket.on('error', () => end('closed'))
    socket.on('close', () => end('closed'))
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]
      if (status !== undefined && status !== '100') end(Number(status))
    })
    socket.write(bytes)
  })
}
