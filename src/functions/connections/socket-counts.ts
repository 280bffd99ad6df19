import { execFile } from 'node:child_process'
import { cleanEnvironment } from '../isolation/confinement.ts'

/** What a connection has carried so far, without headers. */
export interface SocketCounts {
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly sentPackets: number
  readonly receivedPackets: number
}

/** Counts of sockets by inode; undefined where the machine has no way to ask for them. */
export type CountSockets = () => Promise<ReadonlyMap<string, SocketCounts> | undefined>

const outputBytesMax = 64 * 1024 * 1024
const timeoutMs = 2_000

/** Asks the kernel by `ss` of iproute2. */
export const countSockets: CountSockets = () =>
  new Promise((resolve) => {
    const options = { env: cleanEnvironment, maxBuffer: outputBytesMax, timeout: timeoutMs }
    execFile(
      'ss',
      ['--tcp', '--info', '--numeric', '--extended', '--oneline', '--no-header'],
      options,
      (error, text) => resolve(error ? undefined : readCounts(text)),
    )
  })

const numbers = {
  bytes_acked: / bytes_acked:(\d+)/,
  bytes_received: / bytes_received:(\d+)/,
  segs_out: / segs_out:(\d+)/,
  segs_in: / segs_in:(\d+)/,
} as const

/** Source: iproute2, ss(8); Linux, include/uapi/linux/tcp.h, struct tcp_info. A count that is not told is none. */
export function readCounts(text: string): ReadonlyMap<string, SocketCounts> {
  const counts = new Map<string, SocketCounts>()
  for (const line of text.split('\n')) {
    const inode = / ino:(\d+)/.exec(line)?.[1]
    if (inode === undefined) continue
    const count = (name: keyof typeof numbers): number => Number(numbers[name].exec(line)?.[1] ?? 0)
    counts.set(inode, {
      // SYN is acknowledged as if it were a byte. What was sent counts repetitions.
      sentBytes: Math.max(0, count('bytes_acked') - 1),
      receivedBytes: count('bytes_received'),
      sentPackets: count('segs_out'),
      receivedPackets: count('segs_in'),
    })
  }
  return counts
}
