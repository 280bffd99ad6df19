import { detector } from '../../detector.ts'
import { apiCallSignal } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { isAboutAnother, targetUserOf } from './users.ts'

const type = 'DefenseEvasion:IAMUser/MFADeviceRemoved'

/** Setting up a device and giving up half way leaves one that nobody had. */
const setUpMs = 3_600_000

/** Somebody who removes the own device may have a new phone. */
const severities = { own: 3, another: 5 } as const

/**
 * A password alone is enough from now on.
 * State: devices made or removed lately, since deleting those takes nothing from anybody. Source: IAM API Reference.
 */
export const mfaDevices = detector({
  name: 'mfa-devices',
  source: 'cloudTrail',
  events: ['iam:DeactivateMFADevice', 'iam:DeleteVirtualMFADevice', 'iam:CreateVirtualMFADevice'],
  finds: {
    [type]: {
      severity: severities.another,
      title: 'An MFA device was removed: {device}.',
      description: '{userName} called {api} on the MFA device {device}.',
      remediation: undo(
        'See that the user has a device, and let them set one up.',
        'aws iam list-mfa-devices --user-name {targetUser}',
      ),
    },
  },
  remembers: { entityOf: deviceOf, fresh: () => ({ handledAtMs: 0 }) },
  see(record, { atMs, memory }) {
    if (!isDone(record)) return undefined
    const handledLately = Math.abs(atMs - memory.handledAtMs) < setUpMs
    memory.handledAtMs = atMs
    if (record.eventName === 'CreateVirtualMFADevice') return undefined
    if (record.eventName === 'DeleteVirtualMFADevice' && handledLately) return undefined
    const device = deviceOf(record) ?? ''
    const targetUser = targetUserOf(record) ?? device.slice(device.lastIndexOf('/') + 1)
    const severity = isAboutAnother(record) ? severities.another : severities.own
    return apiCallSignal(record, { type, severity, about: device, values: { device, targetUser } })
  },
})

function deviceOf({ requestParameters, responseElements }: CloudTrailRecord): string | undefined {
  return text(requestParameters, 'serialNumber') ?? text(responseElements, 'virtualMFADevice', 'serialNumber')
}
