import { readFile } from 'node:fs/promises'
import type { FlowRecord } from '#engines/detect/index.ts'
import type { Log } from '#core/log.ts'
import type { World } from '#core/world.ts'
import { ConnectionFlows, type Owner } from './connection-flows.ts'
import { countSockets, type CountSockets, type SocketCounts } from './socket-counts.ts'
import { type ListedSocket, readSocketTable } from './socket-table.ts'

/** Who wants to know of functions' connections. */
export interface ConnectionSink {
  /** Whether anybody wants to know of an account's functions in a Region. */
  wants(owner: Pick<Owner, 'account' | 'region'>): boolean
  keep(records: readonly FlowRecord[]): void
}

interface Parts {
  readonly world: Pick<World, 'every' | 'nowMs'>
  readonly log: Log
  readonly sink: ConnectionSink
  /** Environments that run, each by its user. */
  readonly running: () => ReadonlyMap<number, Owner>
  /** Whether one works, and how many invocations have begun: what is frozen connects to nobody. */
  readonly activity: () => { readonly working: boolean; readonly begun: number }
  /** Ports of Redoubt's own: who calls the API or fetches his work is no flow. */
  readonly ownPorts: () => readonly number[]
  readonly tables?: () => Promise<string>
  readonly counted?: CountSockets
}

/** How often is looked; what comes and goes between two looks is missed. Units: milliseconds. */
const lookEveryMs = 250

/** The kernel's tables of TCP sockets, of IPv4 and IPv6 together. */
async function socketTables(): Promise<string> {
  const texts = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'latin1').catch(() => '')),
  )
  return texts.join('\n')
}

/**
 * Looks at the connections of functions while some run, and tells of them. One look at a time; it costs reading the kernel's tables, and
 * where there is a connection a run of `ss`.
 */
export function watchConnections(parts: Parts) {
  const {
    world,
    log,
    sink,
    running,
    activity,
    ownPorts,
    tables = socketTables,
    counted = countSockets,
  } = parts
  const flows = new ConnectionFlows()
  let looking: Promise<void> | undefined
  let counts = true
  let begunBefore = 0
  let closed = false

  async function look(): Promise<void> {
    const { working, begun } = activity()
    const unchanged = !working && begun === begunBefore
    begunBefore = begun
    if (unchanged && flows.isEmpty) return
    const owners = new Map([...running()].filter(([, owner]) => sink.wants(owner)))
    if (owners.size === 0 && flows.isEmpty) return
    const sockets = owners.size === 0 ? [] : await socketsOf(owners)
    const numbers = sockets.some(({ state }) => state !== 'listening') ? await numbersOf() : noNumbers
    const records = flows.see(sockets, numbers, world.nowMs())
    if (records.length > 0) sink.keep(records)
  }

  async function socketsOf(owners: ReadonlyMap<number, Owner>) {
    const ports = new Set(ownPorts())
    const isOwn = ({ local, peer }: ListedSocket): boolean =>
      ports.has(peer.port) && (peer.address === local.address || isLoopback(peer.address))
    const sockets = readSocketTable(await tables(), new Set([...owners.keys()].map(String)))
    return sockets.flatMap((socket) => {
      const owner = owners.get(socket.user)
      return owner === undefined || isOwn(socket) ? [] : [{ ...socket, owner }]
    })
  }

  async function numbersOf(): Promise<ReadonlyMap<string, SocketCounts>> {
    const numbers = counts ? await counted() : noNumbers
    if (numbers !== undefined) return numbers
    counts = false
    log({ level: 'info', event: 'function-flows-without-bytes', reason: 'ss of iproute2 does not run here' })
    return noNumbers
  }

  function begin(): Promise<void> {
    return (looking ??= look()
      .catch((error: unknown) =>
        log({ level: 'error', event: 'function-flows-not-kept', reason: String(error) }),
      )
      .finally(() => (looking = undefined)))
  }

  const stop = world.every(lookEveryMs, () => void begin())
  return {
    /** Tells of what is under way, and ends. To be called when the functions have ended. */
    async close() {
      if (closed) return
      closed = true
      stop()
      await looking
      await begin()
    },
  }
}

const noNumbers: ReadonlyMap<string, SocketCounts> = new Map()

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}
