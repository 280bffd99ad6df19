import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import type { EdgeView } from '#core/edge-view.ts'
import type { Log } from '#core/log.ts'
import { ResealFailed } from '#core/sealed-documents.ts'
import { CustodyStopped, type RootKeyCustody } from '#core/root-key-custody.ts'
import { RootKeyError, type RootKeySource } from '#core/seal/index.ts'
import {
  type ControlAnswer,
  controlFolder,
  controlLineMax,
  controlPath,
  type ControlRequest,
} from './control.ts'
import type { Reload } from './reload/create-reload.ts'
import { ReloadRefused } from './reload/successor.ts'
import { reloadWaitMsMax } from './reload/wish.ts'
import type { ServerStatus } from './server-status.ts'

/**
 * Listens for commands of whoever may enter the data directory, which this process has locked. Answers what ends it, all
 * at once or but for commands that reload. Where the
 * directory's path is too long for a socket (about 100 characters), commands need the server stopped, and the log says so.
 */
export async function listenForCommands(directory: string, served: Served, log: Log): Promise<EndCommands> {
  const folder = controlFolder(directory)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700) // Before there is a socket in it, which others could otherwise reach until it has a mode of its own.
  const path = controlPath(directory)
  rmSync(path, { force: true }) // Of a process that was killed: the lock says that nobody listens.
  const sockets = new Set<Socket>()
  const reloading = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy()) // The command has gone; what it began goes on.
    serveCommand(socket, served, log, () => reloading.add(socket))
  })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    chmodSync(path, 0o600)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error'
    log({ level: 'warn', event: 'no-control-socket', path, why })
    return () => undefined
  }
  return (which) => {
    server.close()
    for (const socket of sockets) if (which === 'all' || !reloading.has(socket)) socket.destroy()
  }
}

/** Takes no more commands, and ends those that are there. */
export type EndCommands = (which: 'all' | 'but-reloads') => void

/** What commands ask of. */
export interface Served {
  readonly custody: Pick<RootKeyCustody, 'rotate'>
  readonly edge: Pick<EdgeView, 'listeners'>
  readonly status: () => Promise<ServerStatus>
  readonly reload: Reload
}

function serveCommand(socket: Socket, served: Served, log: Log, onReload: () => void): void {
  let text = ''
  const answer = (given: ControlAnswer): void => {
    if (socket.writable) socket.write(`${JSON.stringify(given)}\n`)
  }
  const hear = (chunk: string): void => {
    text += chunk
    const end = text.indexOf('\n')
    if (end < 0 && text.length <= controlLineMax) return
    socket.off('data', hear)
    const request = end < 0 ? undefined : parseRequest(text.slice(0, end))
    text = ''
    if (request === undefined) {
      answer({ kind: 'refused', message: 'the command is of another version of Redoubt than the server' })
      socket.end()
      return
    }
    if (request.command === 'reload') onReload()
    void obey(request, served, answer, log).finally(() => socket.end())
  }
  socket.setEncoding('utf8').on('data', hear)
}

async function obey(
  request: ControlRequest,
  { custody, edge, status, reload }: Served,
  answer: (given: ControlAnswer) => void,
  log: Log,
): Promise<void> {
  try {
    if (request.command === 'edge') return answer({ kind: 'edge', listeners: await edge.listeners() })
    if (request.command === 'status') return answer({ kind: 'status', status: await status() })
    if (request.command === 'reload')
      return await reload(
        request,
        (stage) => answer({ kind: 'stage', stage }),
        (reloaded) => answer({ kind: 'reloaded', reloaded }),
      )
    const rotation = await custody.rotate(request.to, (progress) => answer({ kind: 'progress', progress }))
    answer({ kind: 'done', rotation })
  } catch (error) {
    if (isRotationRefusal(error) || error instanceof ReloadRefused)
      return answer({ kind: 'refused', message: error.message })
    const stack = error instanceof Error ? error.stack : undefined
    log({ level: 'error', event: 'bug', during: request.command, stack })
    answer({ kind: 'refused', message: 'the server failed; its log says why' })
  }
}

/** A failure that says what the operator is to do. */
export function isRotationRefusal(error: unknown): error is Error {
  return error instanceof RootKeyError || error instanceof ResealFailed || error instanceof CustodyStopped
}

function parseRequest(line: string): ControlRequest | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined // SyntaxError: the only thing JSON.parse throws.
  }
  if (typeof value !== 'object' || value === null || !('command' in value)) return undefined
  if (value.command === 'edge') return { command: 'edge' }
  if (value.command === 'status') return { command: 'status' }
  if (value.command === 'reload') return parseReload(value)
  if (value.command !== 'rotate-root') return undefined
  if (!('to' in value)) return { command: 'rotate-root' }
  const to = parseSource(value.to)
  return to && { command: 'rotate-root', to }
}

function parseReload(value: object): ControlRequest | undefined {
  // The command of an earlier version has no such member.
  const waitMs: unknown = 'waitMs' in value ? value.waitMs : 0
  const isTime = typeof waitMs === 'number' && waitMs >= 0 && waitMs <= reloadWaitMsMax
  return isTime ? { command: 'reload', waitMs } : undefined
}

/** The members that a source of each kind has; all are texts. A path of a file is not taken from others. */
const members = {
  file: [],
  passphrase: ['passphrase'],
  environment: ['value'],
  pkcs11: ['module', 'token', 'pin', 'key'],
} as const satisfies Record<RootKeySource['kind'], readonly string[]>

function parseSource(value: unknown): RootKeySource | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined
  const { kind } = value
  if (typeof kind !== 'string' || !Object.hasOwn(members, kind)) return undefined
  const names: readonly string[] = ['kind', ...members[kind as RootKeySource['kind']]] // It is a key of the table.
  const given = new Map(Object.entries(value))
  if (given.size !== names.length || !names.every((name) => typeof given.get(name) === 'string'))
    return undefined
  return value as RootKeySource // Its kind and all its members were looked at above.
}
