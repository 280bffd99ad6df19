// Reaches into a server that runs, as a debugger does: Node opens one on SIGUSR1, to its main thread and through that to its worker threads.
import { once } from 'node:events'
import { until } from './clients/edge-rig.ts'
import type { TestServer } from './server.ts'

/** What a server is started with so that its debugger takes a free port. */
export const debuggable = { NODE_OPTIONS: '--inspect-port=0' } as const

/** Which thread of a server. */
export type ThreadKind = 'main' | 'worker'

/** Units: milliseconds. */
const openMsMax = 10_000

/** Whoever is attached holds up a process that ends: what is to be done is done this long after, when nobody is. Units: milliseconds. */
const leaveMs = 200

/** What the debugger says: an answer, or of a worker thread. */
interface Said {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly sessionId?: string; readonly workerInfo?: { readonly url?: string } }
}

/** Has a thread of a server do something soon, given as a statement of JavaScript. What becomes of it is for the caller to see. */
export async function haveDone(server: TestServer, kind: ThreadKind, statement: string): Promise<void> {
  process.kill(server.pid, 'SIGUSR1')
  const { value: url } = await until(
    openMsMax,
    () => Promise.resolve(/Debugger listening on (ws:\S+)/.exec(server.logged())?.[1] ?? ''),
    (found) => found !== '',
  )
  const socket = new WebSocket(url)
  const said: Said[] = []
  socket.addEventListener('message', ({ data }) => said.push(JSON.parse(String(data)) as Said)) // Node's own protocol.
  await once(socket, 'open')
  const send = (id: number, method: string, params: object): void =>
    socket.send(JSON.stringify({ id, method, params }))
  const hear = async (wanted: (one: Said) => boolean): Promise<Said> => {
    const { value } = await until(
      openMsMax,
      () => Promise.resolve(said.filter(wanted)),
      (found) => found.length > 0,
    )
    return value[0] ?? {}
  }
  const evaluate = { expression: `setTimeout(() => { ${statement} }, ${leaveMs}); 0` }
  if (kind === 'main') {
    send(1, 'Runtime.evaluate', evaluate)
    await hear(({ id }) => id === 1)
  } else {
    send(1, 'NodeWorker.enable', { waitForDebuggerOnStart: false })
    const { params } = await hear(({ params }) => params?.workerInfo?.url?.includes('worker-thread') === true)
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: evaluate })
    send(2, 'NodeWorker.sendMessageToWorker', { sessionId: params?.sessionId, message })
    await hear(({ method }) => method === 'NodeWorker.receivedMessageFromWorker')
  }
  socket.close()
}
