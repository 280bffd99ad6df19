import { hash } from 'node:crypto'
import { isOver } from '#core/elapsed.ts'
import type { FlowRecord } from '#engines/detect/index.ts'
import type { SocketCounts } from './socket-counts.ts'
import type { Endpoint, ListedSocket, TcpState } from './socket-table.ts'

/** Whose connection it is. */
export interface Owner {
  readonly functionArn: string
  readonly account: string
  readonly region: string
}

interface Connection {
  readonly owner: Owner
  readonly local: Endpoint
  readonly peer: Endpoint
  /** The peer came to a port on which the function listens. */
  readonly inwards: boolean
  state: TcpState
  counts: SocketCounts
  /** Those of the records that were written. */
  told: SocketCounts
  toldOpening: boolean
  startedAtMs: number
  seenAtMs: number
}

const none: SocketCounts = { sentBytes: 0, receivedBytes: 0, sentPackets: 0, receivedPackets: 0 }
/** What every connection that is open has had: SYN, SYN-ACK, ACK. Source: RFC 9293, section 3.5. */
const opened = { sentPackets: 2, receivedPackets: 1 } as const
/** Source: EC2, CreateFlowLogs, MaxAggregationInterval, the smallest. Units: milliseconds. */
const intervalMs = 60_000
/** Source: VPC User Guide, "Flow log records", tcp-flags. */
const [fin, syn, ack] = [1, 2, 16]
const tcp = 6
/** Connections of all functions that are followed at once; what a function opens beyond that is not told of. */
const connectionsMax = 20_000

/**
 * Flow records of functions' connections from looks at the kernel's table: of a connection one for each direction when it is over, and each
 * minute. State: a connection for each socket that was there at the last look.
 */
export class ConnectionFlows {
  readonly #connections = new Map<string, Connection>()

  get isEmpty(): boolean {
    return this.#connections.size === 0
  }

  /** Takes what a look has seen; gives the records of connections that are over, or a minute old. */
  see(
    sockets: readonly (ListedSocket & { readonly owner: Owner })[],
    counts: ReadonlyMap<string, SocketCounts>,
    nowMs: number,
  ): readonly FlowRecord[] {
    const listening = new Set(
      sockets.filter(({ state }) => state === 'listening').map(({ user, local }) => `${user} ${local.port}`),
    )
    const seen = new Set<string>()
    for (const socket of sockets) {
      if (socket.state === 'listening' || socket.peer.port === 0) continue
      seen.add(keyOf(socket))
      this.#note(
        socket,
        listening.has(`${socket.user} ${socket.local.port}`),
        counts.get(socket.inode),
        nowMs,
      )
    }
    const records: FlowRecord[] = []
    for (const [key, connection] of this.#connections) {
      const isGone = !seen.has(key)
      if (!isGone && !isOver(connection.startedAtMs, nowMs, intervalMs)) continue
      records.push(...recordsOf(connection, isGone))
      if (isGone) this.#connections.delete(key)
      else next(connection, nowMs)
    }
    return records
  }

  #note(
    socket: ListedSocket & { readonly owner: Owner },
    inwards: boolean,
    counts: SocketCounts | undefined,
    nowMs: number,
  ): void {
    const key = keyOf(socket)
    const known = this.#connections.get(key)
    if (known) {
      known.state = socket.state
      known.counts = atLeast(counts ?? known.counts, socket.state)
      known.seenAtMs = nowMs
      return
    }
    if (this.#connections.size >= connectionsMax) return
    const { owner, local, peer, state } = socket
    this.#connections.set(key, {
      ...{ owner, local, peer, inwards, state, counts: atLeast(counts ?? none, state) },
      ...{ told: none, toldOpening: false, startedAtMs: nowMs, seenAtMs: nowMs },
    })
  }
}

function keyOf({ inode, local, peer }: ListedSocket): string {
  return `${inode} ${local.port} ${peer.address} ${peer.port}`
}

/** Where packets are not counted, those that must have been. */
function atLeast(counts: SocketCounts, state: TcpState): SocketCounts {
  const { sentPackets, receivedPackets } =
    state === 'opening' ? { sentPackets: 1, receivedPackets: 0 } : opened
  return {
    ...counts,
    sentPackets: Math.max(counts.sentPackets, sentPackets),
    receivedPackets: Math.max(counts.receivedPackets, receivedPackets),
  }
}

function next(connection: Connection, nowMs: number): void {
  connection.told = connection.counts
  connection.toldOpening = true
  connection.startedAtMs = nowMs
}

function recordsOf(connection: Connection, isGone: boolean): readonly FlowRecord[] {
  const { owner, local, peer, inwards, state, counts, told, toldOpening, startedAtMs, seenAtMs } = connection
  // How a connection ended that was not seen ending is not known: nothing is said.
  const ending = isGone && state === 'closing' ? fin : 0
  const [first, second] = toldOpening ? [0, 0] : [syn, syn | ack]
  const shared = {
    ...{ accountId: owner.account, region: owner.region, interfaceId: interfaceOf(owner.functionArn) },
    ...({ instanceId: owner.functionArn, protocol: tcp, action: 'ACCEPT' } as const),
    ...{ startMs: startedAtMs, endMs: Math.max(startedAtMs, seenAtMs) },
  }
  const out: FlowRecord = {
    ...shared,
    ...{ srcaddr: local.address, srcport: local.port, dstaddr: peer.address, dstport: peer.port },
    ...{ packets: counts.sentPackets - told.sentPackets, bytes: counts.sentBytes - told.sentBytes },
    ...({ flowDirection: 'egress', tcpFlags: (inwards ? second : first) | ending } as const),
  }
  const back: FlowRecord = {
    ...shared,
    ...{ srcaddr: peer.address, srcport: peer.port, dstaddr: local.address, dstport: local.port },
    ...{
      packets: counts.receivedPackets - told.receivedPackets,
      bytes: counts.receivedBytes - told.receivedBytes,
    },
    ...({ flowDirection: 'ingress', tcpFlags: (inwards ? first : second) | ending } as const),
  }
  // A direction in which nothing went is no flow.
  return [out, back].filter(({ packets }) => packets > 0)
}

/** A function has one interface here: `eni-` and digits that follow from its ARN. */
function interfaceOf(functionArn: string): string {
  return `eni-0${hash('sha256', functionArn).slice(0, 16)}`
}
