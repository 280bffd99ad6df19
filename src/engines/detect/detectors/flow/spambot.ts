import { detector } from '../../detector.ts'
import { connectionSignal } from '../../findings/network-connection.ts'
import { clearTally, noTally, tallyIn } from '../../memory/tally.ts'
import type { FlowRecord } from '../../records.ts'
import type { Surroundings } from '../../surroundings.ts'
import { type Connection, connectionOf, tcp, watched } from './connection.ts'
import { isolateMachine } from '../machine-remedies.ts'

const type = 'Backdoor:EC2/Spambot'

const smtp = 25
const windowMs = 60 * 60_000
/** Servers of different recipients: a program that sends its reports knows one or two. */
const serversMin = 20
const dayMs = 24 * 60 * 60_000
/** Who has sent mail for so long is a mail server. */
const habitMs = 7 * dayMs

/**
 * A machine that sent no mail before sends it to the servers of many.
 * Source: GuardDuty User Guide, "GuardDuty EC2 finding types", Backdoor:EC2/Spambot ("no prior history of port 25").
 */
export const spambot = detector({
  name: 'flow-spambot',
  source: 'flow',
  finds: {
    [type]: {
      severity: 5,
      title: '{machine} is sending mail to many servers.',
      description:
        '{machine}, which sent no mail before, spoke with more than {servers} mail servers within an hour, as one does who sends spam.',
      remediation: isolateMachine,
    },
  },
  remembers: {
    entityOf(record, surroundings) {
      const connection = mailOf(record, surroundings)
      return connection && `${watched(record)} ${connection.local}`
    },
    fresh: () => ({ sinceMs: 0, toldMs: 0, servers: noTally() }),
  },
  see(record, { memory, atMs, surroundings }) {
    const connection = mailOf(record, surroundings)
    if (connection === undefined) return undefined
    if (memory.sinceMs === 0) memory.sinceMs = atMs
    const servers = tallyIn(memory.servers, connection.remote, { atMs, windowMs, max: serversMin })
    if (servers < serversMin || atMs - memory.sinceMs > habitMs || atMs - memory.toldMs < dayMs)
      return undefined
    memory.toldMs = atMs
    clearTally(memory.servers)
    return connectionSignal(record, connection, { type, about: '', values: { servers: String(serversMin) } })
  },
})

function mailOf(record: FlowRecord, surroundings: Surroundings): Connection | undefined {
  if (record.protocol !== tcp || record.dstport !== smtp) return undefined
  const connection = connectionOf(record, surroundings)
  return connection?.egress && connection.isRemotePublic ? connection : undefined
}
