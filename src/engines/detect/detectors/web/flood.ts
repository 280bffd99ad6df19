import { detector } from '../../detector.ts'
import { webSignal } from '../../findings/web-request.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import type { WebRecord } from '../../records.ts'
import { clientOf } from './client.ts'
import { blockClient } from './remedies.ts'

const type = 'Impact:LoadBalancer/RequestFlood'

const halfLifeMs = 2000
/** 600 at once, 300 a second for three seconds, 200 for nine: a page brings a hundred, an office behind one address some pages a second. */
const requestsMin = 550
/** Requests that a rule of rates stopped, within some seconds: the operator's own bound, which is tighter than ours. */
const limitedMin = 9.5
const limitedHalfLifeMs = 10_000

/**
 * One client sends more than anybody reads.
 * Source: own type, docs/services/guardduty.md; WAF Developer Guide, "Rate-based rule statement".
 */
export const flood = detector({
  name: 'web-flood',
  source: 'web',
  finds: {
    [type]: {
      severity: 8,
      title: '{remoteIp} is flooding {loadBalancer} with requests.',
      description:
        '{remoteIp} sends {loadBalancer} more requests than a person or a page can, or than its rules of rates allow.',
      remediation: [
        ...blockClient,
        { text: 'Bound every client by a rate-based rule in the web ACL, if there is none.' },
      ],
    },
  },
  remembers: {
    entityOf: clientOf,
    fresh: () => ({ requests: noCount(), limited: noCount() }),
  },
  see(record, { memory: { requests, limited }, atMs }) {
    const sent = addTo(requests, atMs, halfLifeMs)
    const stopped = isLimited(record) ? addTo(limited, atMs, limitedHalfLifeMs) : 0
    if (sent < requestsMin && stopped < limitedMin) return undefined
    requests.amount = 0
    limited.amount = 0
    return webSignal(record, { type, additionalInfo: { limitedByRule: stopped >= limitedMin } })
  },
})

/** Source: WAF Developer Guide, "Log fields", terminatingRuleType. */
function isLimited({ action, terminatingRuleType }: WebRecord): boolean {
  return action === 'BLOCK' && terminatingRuleType === 'RATE_BASED'
}
