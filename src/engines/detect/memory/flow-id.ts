import type { FlowRecord } from '../records.ts'

/** Two hashes of 32 bits, of which one gives 21 more bits. Source of the multipliers: FNV-1a; MurmurHash3's finalizer. */
let [low, high] = [0, 0]

function mix(value: number): void {
  low = Math.imul(low ^ value, 0x01_00_01_93)
  high = Math.imul(high ^ value, 0x85_eb_ca_6b)
  high ^= high >>> 13
}

function mixText(text: string): void {
  for (let at = 0; at < text.length; at += 1) mix(text.charCodeAt(at))
  mix(-1)
}

/**
 * What tells a flow record from others, as a number of 53 bits: among the records that are remembered two different ones have the same in one of
 * some ten thousand million cases.
 */
export function flowId(record: FlowRecord): number {
  low = 0x81_1c_9d_c5 | 0
  high = 0x2f_0b_44_57
  mixText(record.interfaceId)
  mixText(record.srcaddr)
  mixText(record.dstaddr)
  mix(record.srcport * 65_536 + record.dstport)
  mix(record.protocol * 2 + (record.action === 'ACCEPT' ? 1 : 0))
  mix(Math.floor(record.startMs / 1000))
  mix(record.startMs % 1000)
  return (high & 0x1f_ff_ff) * 2 ** 32 + (low >>> 0) || 1
}
