import { detector } from '../../detector.ts'
import { connectionSignal } from '../../findings/network-connection.ts'
import { clearTally, noTally, tallyIn } from '../../memory/tally.ts'
import type { FlowRecord } from '../../records.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Connection, connectionOf, isProbe, watched } from './connection.ts'
import { isolateMachine } from '../machine-remedies.ts'

const type = 'Recon:EC2/Portscan'

const windowMs = 10 * 60_000
/** Different ports of one host: a client that looks for a service tries a few, nmap's shortest scan a hundred. */
const portsMin = 15

/**
 * A machine tries many ports of one other.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Recon:EC2/Portscan.
 */
export const portScan = detector({
  name: 'flow-port-scan',
  source: 'flow',
  finds: {
    [type]: {
      severity: 5,
      title: '{machine} is scanning the ports of {remoteIp}.',
      description: '{machine} tried more than {ports} ports of {remoteIp} within a few minutes.',
      remediation: isolateMachine,
    },
  },
  remembers: {
    entityOf(record, surroundings) {
      const connection = probeOf(record, surroundings)
      return connection && `${watched(record)} ${connection.local} ${connection.remote}`
    },
    fresh: () => noTally<number>(),
  },
  see(record, { memory, atMs, surroundings }) {
    const connection = probeOf(record, surroundings)
    if (connection === undefined) return undefined
    if (tallyIn(memory, connection.servicePort, { atMs, windowMs, max: portsMin }) < portsMin)
      return undefined
    clearTally(memory)
    return connectionSignal(record, connection, { type, values: { ports: String(portsMin) } })
  },
})

function probeOf(record: FlowRecord, surroundings: Surroundings): Connection | undefined {
  const connection = connectionOf(record, surroundings)
  if (connection === undefined || connection.inbound || !connection.egress) return undefined
  return isProbe(record, connection) ? connection : undefined
}
