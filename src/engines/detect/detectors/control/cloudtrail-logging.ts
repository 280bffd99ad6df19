import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import { stopCredentials } from '../remedies.ts'

const type = 'Stealth:IAMUser/CloudTrailLoggingDisabled'

/**
 * A trail was stopped or deleted: whoever comes into an account switches off what would tell of it.
 * Source: GuardDuty User Guide, "GuardDuty IAM finding types", Stealth:IAMUser/CloudTrailLoggingDisabled.
 */
export const cloudTrailLogging = detector({
  name: 'cloudtrail-logging',
  source: 'cloudTrail',
  events: ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail'],
  finds: {
    [type]: {
      severity: 2,
      title: 'CloudTrail logging of {trail} was disabled.',
      description: '{userName} called {api} on the trail {trail}. Calls are no longer delivered to it.',
      remediation: [
        {
          text: 'Switch logging on again.',
          command: 'aws cloudtrail start-logging --name {trail} --region {region}',
        },
        ...stopCredentials,
      ],
    },
  },
  see(record) {
    if (record.errorCode !== undefined) return undefined // It was refused: logging goes on.
    const trail = text(record.requestParameters, 'name') ?? ''
    return apiCallSignal(record, { type, about: trail, values: { trail } })
  },
})
