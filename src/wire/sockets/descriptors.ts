import type { Socket as DatagramSocket } from 'node:dgram'
import { type Server, Socket, type SocketConstructorOpts } from 'node:net'

// Node documents listening on a descriptor and on a handle, and handles in messages to other processes, but not how to learn the
// descriptor of a socket that it has opened. What is undocumented stands in this file alone; `test/clients/reload.test.ts` fails where it
// is not so any more.

/** The system's side of a socket, as Node keeps it (`_handle`). A message to another process may carry it. */
export interface Handle {
  /** All threads of a process know a descriptor by the same number. */
  readonly fd: number
  readonly close: () => void
  readonly readStop?: () => number
}

/** `undefined` once it is closed. */
export function handleOf(socket: Server | Socket): Handle | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle: Handle | null } // Undocumented, see above.
  return handle ?? undefined
}

/** The descriptor of what listens, or is connected, by TCP. */
export function descriptorOf(socket: Server | Socket): number | undefined {
  return handleOf(socket)?.fd
}

/** The descriptor of a bound UDP socket. */
export function datagramDescriptorOf(socket: DatagramSocket): number | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol')
  if (key === undefined) return undefined
  const state = (socket as unknown as Readonly<Record<symbol, { readonly handle?: Handle }>>)[key] // See above.
  return state?.handle?.fd
}

/**
 * Reads no more from a connection, and answers its descriptor: what arrives from now on stays in the kernel, for whoever gets the
 * descriptor. The socket is to be destroyed once the other has it. `undefined`: it is closed, or something was read that nobody took.
 */
export function takeFrom(socket: Socket): number | undefined {
  const handle = handleOf(socket)
  if (handle === undefined || socket.readableLength > 0) return undefined
  handle.readStop?.()
  return handle.fd
}

/**
 * A handle to send of a connection that any thread of this process holds. It is never closed here, since the thread closes the
 * descriptor: for a process that soon ends.
 */
export function sendableHandle(fd: number): Handle | undefined {
  // `pauseOnCreate` (undocumented): nothing is read.
  const options = { fd, allowHalfOpen: true, pauseOnCreate: true }
  const socket = new Socket(options)
  socket.unref()
  return handleOf(socket)
}

/** The connection that a message brought. */
export function connectionOf(handle: Handle): Socket {
  // `handle` is documented for other handles alone.
  return new Socket({ handle, allowHalfOpen: true } as unknown as SocketConstructorOpts)
}
