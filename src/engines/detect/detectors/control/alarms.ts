import { items } from '../../reading/values.ts'
import { callDetector, isByService } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/AlarmActionsDisabled'

/** Alarms tell nobody any more. Source: CloudWatch API Reference, DisableAlarmActions. */
export const alarms = callDetector({
  name: 'alarms',
  events: ['monitoring:DisableAlarmActions'],
  finds: {
    [type]: {
      severity: 4,
      title: 'Actions of alarms were disabled.',
      description: '{userName} disabled the actions of the alarm {alarm}.',
      remediation: undo(
        'Enable them again.',
        'aws cloudwatch enable-alarm-actions --alarm-names {alarm} --region {region}',
      ),
    },
  },
  see(record) {
    if (isByService(record)) return undefined // Auto Scaling mutes its own.
    const [alarm = ''] = items(record.requestParameters, 'alarmNames')
    return { type, about: String(alarm), values: { alarm: String(alarm) } }
  },
})
