import { detector } from '../../detector.ts'
import { webSignal } from '../../findings/web-request.ts'
import { clearTally, noTally, tallyIn } from '../../memory/tally.ts'
import type { WebRecord } from '../../records.ts'
import { clientOf } from './client.ts'
import { blockClient } from './remedies.ts'

const type = 'Recon:LoadBalancer/WebScanner'

const windowMs = 60_000
/** Different paths that are not there or not for the client: a page whose images are gone asks for fewer, and for itself. */
const missesMin = 15
/** For a client that says of itself that it is a scanner. */
const missesOfScannerMin = 5
/** Of what a scanner asks for hardly anything is there. */
const foundShareMax = 0.2
const pathLengthMax = 200

/** How scanners name themselves unless told otherwise. Source: each one's documentation. */
const scanners = [
  ...['sqlmap', 'nikto', 'nuclei', 'gobuster', 'dirbuster', 'dirsearch', 'feroxbuster', 'wpscan', 'masscan'],
  ...['zgrab', 'nmap', 'fuzz faster u fool', 'ffuf', 'wfuzz', 'acunetix', 'nessus', 'openvas', 'qualys'],
  ...['arachni', 'w3af', 'whatweb', 'joomscan', 'skipfish', 'commix', 'zaproxy', 'burpsuite', 'jaeles'],
]

/**
 * A client asks for one path after the other that is not there.
 * Source: own type, docs/services/guardduty.md; WAF Developer Guide, "Log fields"; ELB User Guide, "Access logs".
 */
export const scanner = detector({
  name: 'web-scanner',
  source: 'web',
  finds: {
    [type]: {
      severity: 5,
      title: '{remoteIp} is scanning {loadBalancer}.',
      description:
        '{remoteIp} asked {loadBalancer} for many paths that are not there within a minute, as one does who looks for a way in.',
      remediation: blockClient,
    },
  },
  remembers: {
    entityOf: clientOf,
    fresh: () => ({ misses: noTally(), found: 0 }),
  },
  see(record, { memory, atMs }) {
    if (!isMiss(record)) {
      memory.found += 1
      return undefined
    }
    const path = record.path.slice(0, pathLengthMax)
    const misses = tallyIn(memory.misses, path, { atMs, windowMs, max: missesMin })
    if (misses === 1) memory.found = 0
    const min = isScanner(record) ? missesOfScannerMin : missesMin
    if (misses < min || memory.found > misses * foundShareMax) return undefined
    clearTally(memory.misses)
    return webSignal(record, { type })
  },
})

function isMiss({ status, action }: WebRecord): boolean {
  return action === 'BLOCK' || status === 400 || status === 403 || status === 404 || status === 405
}

function isScanner({ userAgent = '' }: WebRecord): boolean {
  const name = userAgent.slice(0, pathLengthMax).toLowerCase()
  return scanners.some((one) => name.includes(one))
}
