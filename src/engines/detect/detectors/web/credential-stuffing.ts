import { detector } from '../../detector.ts'
import { webSignal } from '../../findings/web-request.ts'
import { addTo, noCount } from '../../memory/decaying-count.ts'
import { clientOf } from './client.ts'
import { loginOf } from './logins.ts'
import { blockClient } from './remedies.ts'

const type = 'CredentialAccess:LoadBalancer/CredentialStuffing'

const halfLifeMs = 60_000
/** Within about a minute: who forgot a password tries a handful of times, and reads the answer between. */
const failuresMin = 9.5
/** A login that succeeds after this was guessed. */
const severityWhenIn = 8

/**
 * One client tries one login after the other. A login whose failure looks like its success (a redirect) is not seen.
 * Source: own type, docs/services/guardduty.md.
 */
export const credentialStuffing = detector({
  name: 'web-credential-stuffing',
  source: 'web',
  finds: {
    [type]: {
      severity: 7,
      title: '{remoteIp} is trying stolen or guessed passwords at {loadBalancer}.',
      description:
        '{remoteIp} failed to log in to {host}{path} many times within a minute. Outcome of the last try: {outcome}.',
      remediation: [
        ...blockClient,
        {
          text: 'Look for logins of {remoteIp} that succeeded, end their sessions, and reset those passwords.',
        },
      ],
    },
  },
  remembers: {
    entityOf: (record) => (loginOf(record) === undefined ? undefined : clientOf(record)),
    fresh: () => ({ failed: noCount(), told: noCount() }),
  },
  see(record, { memory: { failed, told }, atMs }) {
    const outcome = loginOf(record)
    if (outcome === 'failed') {
      if (addTo(failed, atMs, halfLifeMs) < failuresMin) return undefined
      failed.amount = 0
      addTo(told, atMs, halfLifeMs)
      return webSignal(record, { type, values: { outcome: 'failed' } })
    }
    if (addTo(told, atMs, halfLifeMs, 0) < 0.5) return undefined
    told.amount = 0
    return webSignal(record, { type, severity: severityWhenIn, values: { outcome: 'succeeded' } })
  },
})
