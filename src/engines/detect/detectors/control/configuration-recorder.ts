import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/ConfigurationRecordingStopped'

/** Changes of resources are no longer recorded. Source: Config API Reference. */
export const configurationRecorder = callDetector({
  name: 'configuration-recorder',
  events: [
    ...['config:StopConfigurationRecorder', 'config:DeleteConfigurationRecorder'],
    ...['config:DeleteDeliveryChannel'],
  ],
  finds: {
    [type]: {
      severity: 5,
      title: 'AWS Config no longer records.',
      description: '{userName} called {api} on {recorder}.',
      remediation: undo(
        'Start the recorder again.',
        'aws configservice start-configuration-recorder --configuration-recorder-name {recorder} --region {region}',
      ),
    },
  },
  see({ requestParameters }) {
    const recorder =
      text(requestParameters, 'configurationRecorderName') ??
      text(requestParameters, 'deliveryChannelName') ??
      ''
    return { type, about: recorder, values: { recorder } }
  },
})
