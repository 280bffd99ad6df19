import { detector } from '../../detector.ts'
import { webSignal } from '../../findings/web-request.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import type { WebRecord } from '../../records.ts'
import { clientOf } from './client.ts'
import { blockClient } from './remedies.ts'

const type = 'UnauthorizedAccess:LoadBalancer/BlockedClientAdmitted'

const halfLifeMs = 10 * 60_000
/** A rule may mistake a customer now and then; one that is stopped ten times within minutes attacks. */
const blockedMin = 9.5
/** Once in a while is enough to know. */
const toldEveryMs = 60_000

/**
 * A client that the web ACL blocked again and again now gets answers: it found a way around the rules, or goes on with what they do not see.
 * Source: own type, docs/services/guardduty.md.
 */
export const blockedClient = detector({
  name: 'web-blocked-client',
  source: 'web',
  finds: {
    [type]: {
      severity: 7,
      title: '{remoteIp}, which was blocked often, gets through to {loadBalancer}.',
      description:
        'The web ACL blocked many requests of {remoteIp} within a few minutes; now it admits one, to {path}, and the target answered it.',
      remediation: blockClient,
    },
  },
  remembers: {
    entityOf: (record) => (isTold(record) ? clientOf(record) : undefined),
    fresh: () => ({ blocked: noCount(), toldMs: 0 }),
  },
  see(record, { memory, atMs }) {
    if (record.action === 'BLOCK') {
      addTo(memory.blocked, atMs, halfLifeMs)
      return undefined
    }
    if (addTo(memory.blocked, atMs, halfLifeMs, 0) < blockedMin || atMs - memory.toldMs < toldEveryMs)
      return undefined
    memory.toldMs = atMs
    return webSignal(record, { type })
  },
})

/** A rate that was exceeded ends by itself: who is admitted after that did nothing new. */
function isTold({ action, status, terminatingRuleType }: WebRecord): boolean {
  if (action === 'BLOCK') return terminatingRuleType !== 'RATE_BASED'
  return action === 'ALLOW' && status !== undefined && status < 400
}
