import { signedQuery } from '../../test/signed-call.ts'
import { bytesOf } from '../../test/server-fuzz/socket.ts'
import type { Credentials } from '../../test/server.ts'

/** What a request of the benchmark asks for. */
export interface Asked {
  readonly service: 'iam' | 'sts'
  readonly parameters: Readonly<Record<string, string>>
}

/** The bytes of a signed request, as an SDK would send them over a connection that is kept. */
export function requestBytes(
  port: number,
  { service, parameters }: Asked,
  credentials: Credentials,
  nowMs = Date.now(),
): Buffer {
  const headers = { 'user-agent': 'redoubt-bench', connection: 'keep-alive' }
  return bytesOf(signedQuery({ port }, service, parameters, credentials, { headers, nowMs }))
}

/** Takes turns at requests that were signed at different times: no two that follow each other are the same. */
export function inTurn(port: number, asked: Asked, credentials: Credentials): () => Buffer {
  const nowMs = Date.now()
  const requests = Array.from({ length: 64 }, (_, second) =>
    requestBytes(port, asked, credentials, nowMs - second * 1000),
  )
  let turn = 0
  return () => {
    turn = (turn + 1) % requests.length
    const [first = Buffer.alloc(0)] = requests
    return requests[turn] ?? first
  }
}
