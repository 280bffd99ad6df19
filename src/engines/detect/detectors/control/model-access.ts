import { text } from '../../reading/values.ts'
import { callDetector, isFromConsole } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Impact:Bedrock/ModelAccessTaken'

/** Agreements are signed so that foreign prompts can run at the account's cost. People do that in the console. Source: Bedrock API Reference. */
export const modelAccess = callDetector({
  name: 'model-access',
  events: [
    ...['bedrock:PutUseCaseForModelAccess', 'bedrock:CreateFoundationModelAgreement'],
    'bedrock:PutFoundationModelEntitlement',
  ],
  finds: {
    [type]: {
      severity: 5,
      title: '{userName} took access to foundation models.',
      description: '{userName} called {api} for {model}, outside the console.',
      remediation: undo(
        'End the agreement.',
        'aws bedrock delete-foundation-model-agreement --model-id {model} --region {region}',
      ),
    },
  },
  see(record) {
    if (isFromConsole(record)) return undefined
    const model = text(record.requestParameters, 'modelId')
    return { type, about: model ?? '', values: model === undefined ? {} : { model } }
  },
})
