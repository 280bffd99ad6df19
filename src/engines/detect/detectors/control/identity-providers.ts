import { text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { callDetector, isByService } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Persistence:IAMUser/IdentityProviderChanged'

/** Whoever holds the keys of an identity provider can be anybody. Source: IAM API Reference. */
export const identityProviders = callDetector({
  name: 'identity-providers',
  events: [
    ...['iam:CreateSAMLProvider', 'iam:UpdateSAMLProvider', 'iam:CreateOpenIDConnectProvider'],
    ...['iam:AddClientIDToOpenIDConnectProvider', 'iam:UpdateOpenIDConnectProviderThumbprint'],
  ],
  finds: {
    [type]: {
      severity: 6,
      title: 'An identity provider was created or changed: {provider}.',
      description: '{userName} called {api} on the identity provider {provider}.',
      remediation: [
        {
          text: 'If it is a SAML provider that should not be, delete it.',
          command: 'aws iam delete-saml-provider --saml-provider-arn {samlArn}',
        },
        ...undo(
          'If it is an OpenID Connect provider that should not be, delete it.',
          'aws iam delete-open-id-connect-provider --open-id-connect-provider-arn {oidcArn}',
        ),
      ],
    },
  },
  see(record) {
    if (isByService(record) || isOfCluster(record) || !changesTrust(record)) return undefined
    const { requestParameters, responseElements } = record
    const samlArn = text(requestParameters, 'sAMLProviderArn') ?? text(responseElements, 'sAMLProviderArn')
    const oidcArn =
      text(requestParameters, 'openIDConnectProviderArn') ??
      text(responseElements, 'openIDConnectProviderArn')
    const provider =
      samlArn ?? oidcArn ?? text(requestParameters, 'name') ?? text(requestParameters, 'url') ?? ''
    return {
      ...{ type, about: provider },
      values: { provider, ...(samlArn && { samlArn }), ...(oidcArn && { oidcArn }) },
    }
  },
})

/** Each Kubernetes cluster has a provider of its own. Source: EKS User Guide, "Create an IAM OIDC provider for your cluster". */
function isOfCluster({ requestParameters }: CloudTrailRecord): boolean {
  const url = text(requestParameters, 'url') ?? text(requestParameters, 'openIDConnectProviderArn') ?? ''
  const host = url.replace(/^https:\/\//, '').replace(/^arn:[^:]+:iam::\d{12}:oidc-provider\//, '')
  return /^oidc\.eks\.[a-z\d-]+\.amazonaws\.com\//.test(host)
}

/** SAML metadata that are sent again carry keys; a mere setting does not. */
function changesTrust({ eventName, requestParameters }: CloudTrailRecord): boolean {
  if (eventName !== 'UpdateSAMLProvider') return true
  return (
    value(requestParameters, 'sAMLMetadataDocument') !== undefined ||
    value(requestParameters, 'addPrivateKey') !== undefined
  )
}
