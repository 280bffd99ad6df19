import { detector } from '../../detector.ts'
import { remoteIp } from '../../findings/api-call.ts'
import { connectionSignal, portName } from '../../findings/network-connection.ts'
import { noTally, tallyIn } from '../../memory/tally.ts'
import type { FlowRecord } from '../../records.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Connection, connectionOf, isProbe } from './connection.ts'
import { shutOut } from '../machine-remedies.ts'

const unprotected = 'Recon:EC2/PortProbeUnprotectedPort'
const emr = 'Recon:EC2/PortProbeEMRUnprotectedPort'

const windowMs = 10 * 60_000
/** Ports of our machines that an unknown address must have tried: a visitor who mistypes tries one or two, a scanner hundreds. */
const triedMin = 5

/** Meant for everybody. */
const publicPorts: ReadonlySet<number> = new Set([80, 443])
/** Elasticsearch, which asks nobody who he is unless told to. */
const gravePorts: ReadonlySet<number> = new Set([9200, 9300])
/** Source: EMR Management Guide, "View web interfaces hosted on Amazon EMR clusters". */
const emrPorts: ReadonlySet<number> = new Set([
  8042, 8088, 8998, 9864, 9870, 16_010, 18_080, 19_888, 50_070, 50_075,
])

/**
 * Somebody who tries the ports of our machines one after the other, or who is known as malicious, got through to one.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Recon:EC2/PortProbeUnprotectedPort, PortProbeEMRUnprotectedPort.
 */
export const portProbe = detector({
  name: 'flow-port-probe',
  source: 'flow',
  finds: {
    [unprotected]: {
      severity: 2,
      title: 'An unprotected port of {machine} is being probed.',
      description:
        '{remoteIp} probes ports, and reached port {port} of {machine}, which no rule closes to it.',
      remediation: shutOut,
    },
    [emr]: {
      severity: 8,
      title: 'An unprotected port of a cluster, {machine}, is being probed.',
      description:
        '{remoteIp} probes ports, and reached port {port} of {machine}, one of those that manage a cluster of EMR.',
      remediation: shutOut,
    },
  },
  remembers: {
    entityOf(record, surroundings) {
      const connection = probeOf(record, surroundings)
      return connection && `${record.accountId} ${connection.remote}`
    },
    fresh: () => noTally(),
  },
  see(record, { memory, atMs, surroundings }) {
    const connection = probeOf(record, surroundings)
    if (connection === undefined) return undefined
    const target = `${connection.local} ${connection.servicePort}`
    const tried = tallyIn(memory, target, { atMs, windowMs, max: triedMin })
    if (record.action === 'REJECT' || (tried < triedMin && !isMalicious(connection, surroundings)))
      return undefined
    const grave = gravePorts.has(connection.servicePort)
    return connectionSignal(record, connection, {
      type: emrPorts.has(connection.servicePort) ? emr : unprotected,
      ...(grave && { severity: 8 }),
      about: String(connection.servicePort),
      action: probeAction(connection),
    })
  },
})

function probeOf(record: FlowRecord, surroundings: Surroundings): Connection | undefined {
  const connection = connectionOf(record, surroundings)
  if (connection === undefined || !connection.inbound || publicPorts.has(connection.servicePort))
    return undefined
  return connection.isRemotePublic && isProbe(record, connection) ? connection : undefined
}

function isMalicious({ remote }: Connection, surroundings: Surroundings): boolean {
  return surroundings.address(remote).some(({ threat }) => threat === 'malicious' || threat === 'custom')
}

function probeAction({ local, localPort, remote }: Connection) {
  return {
    ActionType: 'PORT_PROBE',
    PortProbeAction: {
      Blocked: false,
      PortProbeDetails: [
        {
          LocalPortDetails: { Port: localPort, PortName: portName(localPort) },
          LocalIpDetails: remoteIp(local),
          RemoteIpDetails: remoteIp(remote),
        },
      ],
    },
  }
}
