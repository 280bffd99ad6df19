import { functionResource } from '../../findings/resources.ts'
import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { functionOf } from './functions.ts'

const type = 'Policy:Lambda/FunctionURLPublic'

/** A function has an address that asks nobody who they are. Source: Lambda Developer Guide, "Control access to function URLs". */
export const functionUrls = callDetector({
  name: 'function-urls',
  events: ['lambda:CreateFunctionUrlConfig', 'lambda:UpdateFunctionUrlConfig'],
  finds: {
    [type]: {
      severity: 5,
      title: 'The function {function} has a public URL.',
      description: '{userName} called {api}: the URL of {function} needs no signature.',
      remediation: undo(
        'Ask callers to sign.',
        'aws lambda update-function-url-config --function-name {function} --auth-type AWS_IAM --region {region}',
      ),
    },
  },
  see(record) {
    if (text(record.requestParameters, 'authType') !== 'NONE') return undefined
    const name = functionOf(record)
    return { type, about: name, values: { function: name }, resource: functionResource(record, name) }
  },
})
