import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { EdgeListener } from '#core/edge-view.ts'
import type { Rotation } from '#core/root-key-custody.ts'
import { RootKeyError } from '#core/seal/index.ts'
import type { ResealProgress } from '#core/sealed-documents.ts'
import { type ControlAnswer, controlPath, type ControlRequest } from './control.ts'
import type { ReloadWish } from './reload/wish.ts'
import type { ServerStatus } from './server-status.ts'

/**
 * Has the server of a data directory do what is asked; undefined when no server listens there.
 * Faults: RootKeyError when it refuses, or ends before it is done.
 */
export async function askServer(
  directory: string,
  request: ControlRequest,
  onProgress: (progress: ResealProgress) => void,
): Promise<Rotation | undefined> {
  const socket = await connected(controlPath(directory))
  if (socket === undefined) return undefined
  socket.on('error', () => socket.destroy()) // The lines below end then.
  socket.write(`${JSON.stringify(request)}\n`)
  for await (const line of createInterface({ input: socket })) {
    const answer = JSON.parse(line) as ControlAnswer // The directory's owner alone can listen there.
    if (answer.kind === 'done') return answer.rotation
    if (answer.kind === 'refused') throw new RootKeyError(answer.message)
    if (answer.kind === 'progress') onProgress(answer.progress)
  }
  throw new RootKeyError(
    'the server ended before the rotation did: it goes on when the server starts again, or when this command is run again',
  )
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Nobody listens, or the path is too long for there to be a socket.
      if (['ENOENT', 'ECONNREFUSED', 'EINVAL', 'ENOTDIR'].includes(error.code ?? '')) resolve(undefined)
      else reject(new RootKeyError(`the server of this directory cannot be reached: ${error.message}`))
    })
  })
}

/** Where the edge of a data directory's server listens; undefined when no server listens there. */
export async function askListeners(directory: string): Promise<readonly EdgeListener[] | undefined> {
  const answer = await askOnce(directory, 'edge')
  return answer?.kind === 'edge' ? answer.listeners : undefined
}

/** What the server of a data directory says of itself; undefined when no server listens there. */
export async function askStatus(directory: string): Promise<ServerStatus | undefined> {
  const answer = await askOnce(directory, 'status')
  return answer?.kind === 'status' ? answer.status : undefined
}

/** Has the server of a data directory hand over to a successor: what it says, as it comes; undefined when no server listens there. */
export async function askReload(
  directory: string,
  wish: ReloadWish,
): Promise<AsyncIterable<ControlAnswer> | undefined> {
  const socket = await connected(controlPath(directory))
  if (socket === undefined) return undefined
  socket.on('error', () => socket.destroy())
  socket.write(`${JSON.stringify({ command: 'reload', ...wish } satisfies ControlRequest)}\n`)
  return answersOf(socket)
}

async function* answersOf(socket: Socket): AsyncIterable<ControlAnswer> {
  try {
    for await (const line of createInterface({ input: socket })) yield JSON.parse(line) as ControlAnswer // As above.
  } finally {
    socket.destroy() // Whoever has heard enough waits for no more.
  }
}

async function askOnce(directory: string, command: 'edge' | 'status'): Promise<ControlAnswer | undefined> {
  const socket = await connected(controlPath(directory))
  if (socket === undefined) return undefined
  socket.on('error', () => socket.destroy())
  socket.write(`${JSON.stringify({ command } satisfies ControlRequest)}\n`)
  for await (const line of createInterface({ input: socket })) return JSON.parse(line) as ControlAnswer // As above.
  return undefined
}
