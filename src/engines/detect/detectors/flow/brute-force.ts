import { detector } from '../../detector.ts'
import { connectionSignal } from '../../findings/network-connection.ts'
import { clearTally, noTally, tallyIn } from '../../memory/tally.ts'
import type { FlowRecord } from '../../records.ts'
import type { FindingFacts } from '../../signal.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Connection, connectionOf, tcp, watched } from './connection.ts'
import { isolateMachine, shutOut } from '../machine-remedies.ts'

const services: ReadonlyMap<number, string> = new Map([
  [22, 'UnauthorizedAccess:EC2/SSHBruteForce'],
  [3389, 'UnauthorizedAccess:EC2/RDPBruteForce'],
  [5985, 'Impact:EC2/WinRMBruteForce'],
  [5986, 'Impact:EC2/WinRMBruteForce'],
])

const windowMs = 10 * 60_000
/** Connections within the window: a tool that administers a host opens a handful, one that guesses passwords hundreds. */
const attemptsMin = 20
/** An attempt says more than a handshake, and less than a session. Units: bytes from the client. */
const attemptBytes = { min: 300, max: 30_000 }
const severityAsActor = 8

function finds(name: string): FindingFacts {
  return {
    severity: 2,
    title: `{attacker} is guessing passwords of ${name} at {victim}.`,
    description: `{attacker} opened more than {attempts} short connections to ${name} at {victim} within a few minutes, as one does who guesses passwords.`,
    remediation: [
      ...shutOut,
      {
        text: `If {machine} is the attacker, it is in somebody else's hands; if it is the victim, look for a login of {remoteIp} that succeeded.`,
      },
      ...isolateMachine,
    ],
  }
}

/**
 * One host opens many short connections to another's remote login.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", SSHBruteForce, RDPBruteForce, WinRMBruteForce.
 */
export const bruteForce = detector({
  name: 'flow-brute-force',
  source: 'flow',
  finds: {
    'UnauthorizedAccess:EC2/SSHBruteForce': finds('SSH'),
    'UnauthorizedAccess:EC2/RDPBruteForce': finds('RDP'),
    'Impact:EC2/WinRMBruteForce': finds('WinRM'),
  },
  remembers: {
    entityOf(record, surroundings) {
      const connection = attemptOf(record, surroundings)
      return connection && `${watched(record)} ${connection.remote} ${connection.servicePort}`
    },
    fresh: () => noTally<number>(),
  },
  see(record, { memory, atMs, surroundings }) {
    const connection = attemptOf(record, surroundings)
    const type = services.get(record.dstport)
    if (connection === undefined || type === undefined) return undefined
    // A connection that lasts has records of many intervals, but one port.
    const attempts = tallyIn(memory, record.srcport, { atMs, windowMs, max: attemptsMin })
    if (attempts < attemptsMin) return undefined
    clearTally(memory)
    const machine = watched(record)
    const [attacker, victim] = connection.inbound
      ? [connection.remote, machine]
      : [machine, connection.remote]
    return connectionSignal(record, connection, {
      type,
      ...(!connection.inbound && { severity: severityAsActor }),
      about: `${connection.inbound ? 'target' : 'actor'} ${connection.remote}`,
      values: { attacker, victim, attempts: String(attemptsMin) },
    })
  },
})

function attemptOf(record: FlowRecord, surroundings: Surroundings): Connection | undefined {
  const { protocol, dstport, action, bytes } = record
  if (protocol !== tcp || !services.has(dstport) || action === 'REJECT') return undefined
  if (bytes < attemptBytes.min || bytes > attemptBytes.max) return undefined
  const connection = connectionOf(record, surroundings)
  return connection?.asked ? connection : undefined
}
