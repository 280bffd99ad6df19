import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/BedrockLoggingDisabled'

/** What models are asked is no longer logged. Source: GuardDuty User Guide, "GuardDuty IAM finding types". */
export const bedrockLogging = callDetector({
  name: 'bedrock-logging',
  events: ['bedrock:DeleteModelInvocationLoggingConfiguration'],
  finds: {
    [type]: {
      severity: 5,
      title: 'Logging of model invocations was disabled.',
      description: '{userName} deleted the logging configuration of Amazon Bedrock in {region}.',
      remediation: undo(
        'See that no configuration is left, and put it back.',
        'aws bedrock get-model-invocation-logging-configuration --region {region}',
      ),
    },
  },
  see: ({ awsRegion }) => ({ type, about: awsRegion }),
})
