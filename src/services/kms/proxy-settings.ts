import { type Seal, Secret } from '#core/seal/index.ts'
import type { CreateCustomKeyStoreRequest, UpdateCustomKeyStoreRequest } from '#models/kms.d.ts'
import type { CustomKeyStoreDocument, XksProxyDocument } from './documents.ts'
import { faults } from './faults.ts'
import { sealedProxySecret } from './sealed.ts'
import { endpointProblem, endpointRules } from './xks/index.ts'

/** Where a proxy is and what KMS signs with there. */
export interface ProxySettings extends Pick<XksProxyDocument, 'uriEndpoint' | 'uriPath' | 'accessKeyId'> {
  readonly secretAccessKey: Secret
}

/** The members of a request that say something of the proxy; both requests have them. */
export type ProxyRequest = Pick<
  CreateCustomKeyStoreRequest & UpdateCustomKeyStoreRequest,
  | 'XksProxyConnectivity'
  | 'XksProxyUriEndpoint'
  | 'XksProxyUriPath'
  | 'XksProxyAuthenticationCredential'
  | 'XksProxyVpcEndpointServiceName'
  | 'XksProxyVpcEndpointServiceOwner'
>

/** Whether a request says anything of the proxy. */
export function namesProxy(request: ProxyRequest): boolean {
  return [
    request.XksProxyConnectivity,
    request.XksProxyUriEndpoint,
    request.XksProxyUriPath,
    request.XksProxyAuthenticationCredential,
    request.XksProxyVpcEndpointServiceName,
    request.XksProxyVpcEndpointServiceOwner,
  ].some((member) => member !== undefined)
}

/**
 * The settings that a request makes, over those that stand.
 * Faults: ValidationException for what is missing or malformed; UnsupportedOperationException for a VPC endpoint service.
 */
export function settingsAfter(request: ProxyRequest, before?: ProxySettings): ProxySettings {
  const {
    XksProxyConnectivity: connectivity = before && 'PUBLIC_ENDPOINT',
    XksProxyUriEndpoint: uriEndpoint = before?.uriEndpoint ?? lacks('XksProxyUriEndpoint'),
    XksProxyUriPath: uriPath = before?.uriPath ?? lacks('XksProxyUriPath'),
    XksProxyAuthenticationCredential: credential,
    XksProxyVpcEndpointServiceName: service,
    XksProxyVpcEndpointServiceOwner: owner,
  } = request
  if (connectivity === 'VPC_ENDPOINT_SERVICE' || service !== undefined || owner !== undefined) {
    throw faults.unsupported(
      'XksProxyConnectivity VPC_ENDPOINT_SERVICE is not supported: there are no VPC endpoint services here. Use PUBLIC_ENDPOINT; ' +
        'the proxy may be in a private network that the server was started for (--xks-network).',
    )
  }
  if (connectivity === undefined) lacks('XksProxyConnectivity')
  const problem = endpointProblem(uriEndpoint, uriPath)
  if (problem) throw faults.invalid(`${problem.member} ${endpointRules[problem.rule]}.`)
  if (credential) {
    const { AccessKeyId: accessKeyId, RawSecretAccessKey: secret } = credential
    return { uriEndpoint, uriPath, accessKeyId, secretAccessKey: Secret.ofText(secret) }
  }
  const { accessKeyId, secretAccessKey } = before ?? lacks('XksProxyAuthenticationCredential')
  return { uriEndpoint, uriPath, accessKeyId, secretAccessKey }
}

function lacks(member: string): never {
  throw faults.invalid(`${member} is required for a key store of the type EXTERNAL_KEY_STORE.`)
}

/** Settings as a key store keeps them. */
export function sealSettings(
  seal: Seal,
  customKeyStoreId: string,
  { uriEndpoint, uriPath, accessKeyId, secretAccessKey }: ProxySettings,
): XksProxyDocument {
  return {
    connectivity: 'PUBLIC_ENDPOINT',
    uriEndpoint,
    uriPath,
    accessKeyId,
    sealedSecret: sealedProxySecret.seal(seal, customKeyStoreId, secretAccessKey.reveal()),
  }
}

/** Settings as a key store keeps them, opened. The secret is the caller's to wipe. */
export function openSettings(
  seal: Seal,
  { customKeyStoreId, proxy }: Pick<CustomKeyStoreDocument, 'customKeyStoreId' | 'proxy'>,
): ProxySettings {
  const { uriEndpoint, uriPath, accessKeyId, sealedSecret } = proxy
  const bytes = sealedProxySecret.open(seal, customKeyStoreId, sealedSecret)
  const secretAccessKey = new Secret(bytes)
  bytes.fill(0)
  return { uriEndpoint, uriPath, accessKeyId, secretAccessKey }
}
