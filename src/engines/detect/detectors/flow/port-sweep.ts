import { detector } from '../../detector.ts'
import { connectionSignal } from '../../findings/network-connection.ts'
import { clearTally, noTally, tallyIn } from '../../memory/tally.ts'
import type { FlowRecord } from '../../records.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Connection, connectionOf, isProbe, tcp, watched } from './connection.ts'
import { isolateMachine } from '../machine-remedies.ts'

const type = 'Impact:EC2/PortSweep'

const windowMs = 10 * 60_000
/** Different hosts at one port: more than a client with a list of mirrors tries. */
const hostsMin = 30
/** A sweep finds few that answer; the last packets of whole connections look like probes too, but beside those connections. */
const wholeShareMax = 0.5

/**
 * A machine tries one port of many hosts of the Internet.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Impact:EC2/PortSweep.
 */
export const portSweep = detector({
  name: 'flow-port-sweep',
  source: 'flow',
  finds: {
    [type]: {
      severity: 8,
      title: '{machine} is trying port {port} of many hosts.',
      description:
        '{machine} tried port {port} of more than {hosts} hosts of the Internet within a few minutes.',
      remediation: isolateMachine,
    },
  },
  remembers: {
    entityOf(record, surroundings) {
      const connection = outbound(record, surroundings)
      // Flags tell ends of connections from probes: whole ones need not be counted.
      if (connection === undefined || (record.tcpFlags !== undefined && !isProbe(record, connection)))
        return undefined
      return `${watched(record)} ${connection.local} ${connection.servicePort}`
    },
    fresh: () => ({ hosts: noTally(), whole: 0 }),
  },
  see(record, { memory, atMs, surroundings }) {
    const connection = outbound(record, surroundings)
    if (connection === undefined) return undefined
    if (!isProbe(record, connection)) {
      memory.whole += 1
      return undefined
    }
    const hosts = tallyIn(memory.hosts, connection.remote, { atMs, windowMs, max: hostsMin })
    if (hosts === 1) memory.whole = 0
    if (hosts < hostsMin || memory.whole > hostsMin * wholeShareMax) return undefined
    clearTally(memory.hosts)
    const values = { hosts: String(hostsMin) }
    return connectionSignal(record, connection, { type, values, about: String(connection.servicePort) })
  },
})

function outbound(record: FlowRecord, surroundings: Surroundings): Connection | undefined {
  if (record.protocol !== tcp) return undefined
  const connection = connectionOf(record, surroundings)
  if (connection === undefined || connection.inbound || !connection.egress) return undefined
  return connection.isRemotePublic ? connection : undefined
}
