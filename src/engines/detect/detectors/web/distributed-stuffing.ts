import { detector } from '../../detector.ts'
import { webSignal } from '../../findings/web-request.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import { clearTally, noTally, tallyIn } from '../../memory/tally.ts'
import { loginOf } from './logins.ts'
import { blockClient } from './remedies.ts'

const type = 'CredentialAccess:LoadBalancer/CredentialStuffing.Distributed'

const windowMs = 5 * 60_000
/** Clients that fail. Together with the share: a large shop has as many at any time, but more who succeed. */
const clientsMin = 30
/** Of all tries. People mistype one in ten; stolen passwords fit in one of a hundred. */
const failedShareMin = 0.8
const pathLengthMax = 200

/**
 * Many clients try logins at one door, each too few to be told by itself.
 * Source: own type, docs/services/guardduty.md.
 */
export const distributedStuffing = detector({
  name: 'web-distributed-stuffing',
  source: 'web',
  finds: {
    [type]: {
      severity: 7,
      title: 'Many clients are trying stolen or guessed passwords at {loadBalancer}.',
      description:
        'More than {clients} clients failed to log in to {host}{path} within a few minutes, and hardly anybody succeeded. The last one is {remoteIp}.',
      remediation: [
        {
          text: 'Ask clients of this path to prove that they are people: a rule with the action CAPTCHA or Challenge.',
          command: 'aws wafv2 get-web-acl-for-resource --resource-arn {loadBalancerArn} --region {region}',
        },
        ...blockClient,
      ],
    },
  },
  remembers: {
    entityOf: (record) =>
      loginOf(record) === undefined
        ? undefined
        : `${record.resourceArn} ${record.path.slice(0, pathLengthMax)}`,
    fresh: () => ({ clients: noTally(), failed: noCount(), all: noCount() }),
  },
  see(record, { memory: { clients, failed, all }, atMs }) {
    const tries = addTo(all, atMs, windowMs)
    if (loginOf(record) !== 'failed') return undefined
    const failures = addTo(failed, atMs, windowMs)
    const distinct = tallyIn(clients, record.clientIp, { atMs, windowMs, max: clientsMin })
    if (distinct < clientsMin || failures < tries * failedShareMin) return undefined
    clearTally(clients)
    return webSignal(record, {
      type,
      about: record.path.slice(0, pathLengthMax),
      values: { clients: String(clientsMin) },
    })
  },
})
