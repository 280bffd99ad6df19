import ipaddr from 'ipaddr.js'

/** A TCP socket as the kernel lists it. */
export interface ListedSocket {
  readonly user: number
  /** Names it until it is closed. */
  readonly inode: string
  readonly state: TcpState
  readonly local: Endpoint
  readonly peer: Endpoint
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** Listening; asking for a connection; being asked; connected; being closed by either side. */
export type TcpState = 'listening' | 'opening' | 'accepting' | 'open' | 'closing'

/** Source: Linux, include/net/tcp_states.h. */
const states: ReadonlyMap<string, TcpState> = new Map([
  ['01', 'open'],
  ['02', 'opening'],
  ['03', 'accepting'],
  ['04', 'closing'],
  ['05', 'closing'],
  ['08', 'closing'],
  ['09', 'closing'],
  ['0A', 'listening'],
  ['0B', 'closing'],
])

/** What is no socket of a process any more has this inode. */
const orphan = '0'

/**
 * Reads the sockets of some users from the text of /proc/net/tcp or /proc/net/tcp6.
 * Source: Linux, Documentation/networking/proc_net_tcp.rst.
 */
export function readSocketTable(text: string, users: ReadonlySet<string>): readonly ListedSocket[] {
  const sockets: ListedSocket[] = []
  for (const line of text.split('\n').slice(1)) {
    const columns = line.trim().split(/ +/, 10)
    const [, local = '', peer = '', code = '', , , , user = '', , inode = orphan] = columns
    const state = states.get(code)
    if (!users.has(user) || inode === orphan || state === undefined) continue
    const ends = [endpointOf(local), endpointOf(peer)] as const
    if (ends[0] && ends[1]) sockets.push({ user: Number(user), inode, state, local: ends[0], peer: ends[1] })
  }
  return sockets
}

/** `0100007F:1F90`: words of four bytes in the machine's order, which is the small end first wherever Redoubt runs. */
function endpointOf(text: string): Endpoint | undefined {
  const found = /^((?:[\dA-F]{8}){1,4}):([\dA-F]{4})$/.exec(text)
  const words = found?.[1]?.match(/.{8}/g)
  if (!words) return undefined
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex')].reverse())
  if (bytes.length !== 4 && bytes.length !== 16) return undefined
  const parsed = ipaddr.fromByteArray(bytes)
  return {
    address: ipaddr.process(parsed.toString()).toString(),
    port: Number.parseInt(found?.[2] ?? '', 16),
  }
}
