import { functionResource } from '../../findings/resources.ts'
import { strangersIn } from '../../reading/policy.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { functionOf } from './functions.ts'

const everyone = 'Policy:Lambda/FunctionPublicAccessGranted'
const foreign = 'Persistence:Lambda/FunctionSharedExternally'

const takeBack = undo(
  'Take the permission back.',
  'aws lambda remove-permission --function-name {function} --statement-id {statement} --region {region}',
)

/** A function can be called by strangers. Source: Lambda API Reference, AddPermission. */
export const functionPermissions = callDetector({
  name: 'function-permissions',
  events: ['lambda:AddPermission', 'lambda:AddLayerVersionPermission'],
  finds: {
    [everyone]: {
      severity: 7,
      title: 'The function {function} may be called by everyone.',
      description: '{userName} called {api}: whoever has an AWS account may use {function}.',
      remediation: takeBack,
    },
    [foreign]: {
      severity: 7,
      title: 'The function {function} may be called by a foreign account.',
      description: '{userName} called {api}: the account {foreignAccount} may use {function}.',
      remediation: takeBack,
    },
  },
  see(record, isOwn) {
    const { requestParameters } = record
    const strangers = strangersIn(policyOf(record), isOwn)
    const name = functionOf(record) || (text(requestParameters, 'layerName') ?? '')
    const values = { function: name, statement: text(requestParameters, 'statementId') ?? '' }
    const said = { about: name, resource: functionResource(record, name) }
    if (strangers.everyone) return { type: everyone, ...said, values }
    const [foreignAccount] = strangers.accounts
    return foreignAccount === undefined
      ? undefined
      : { type: foreign, ...said, values: { ...values, foreignAccount } }
  },
})

/** The statement that the call adds, as Lambda writes it into the function's policy. */
function policyOf({ requestParameters }: CloudTrailRecord): unknown {
  const principal = text(requestParameters, 'principal') ?? ''
  const condition = [
    ['aws:SourceArn', text(requestParameters, 'sourceArn')],
    ['aws:SourceAccount', text(requestParameters, 'sourceAccount')],
    ['aws:PrincipalOrgID', text(requestParameters, 'principalOrgID')],
    ['aws:PrincipalOrgID', text(requestParameters, 'organizationId')],
  ].filter(([, value]) => value !== undefined)
  return {
    Statement: {
      Effect: 'Allow',
      Principal: principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal },
      Condition: { StringLike: Object.fromEntries(condition) as unknown },
    },
  }
}
