import { isIP } from 'node:net'

/** A rule on where an external key store's proxy may be, that is broken. */
export interface EndpointProblem {
  readonly member: 'XksProxyUriEndpoint' | 'XksProxyUriPath'
  readonly rule: keyof typeof words
  /** For the caller, without what was given. */
  readonly message: string
}

/** What each rule says, for people. */
export const words = {
  https: 'must begin with https://',
  hostAlone: 'must be a host name with nothing after it but a port: no path, query or user',
  hostName: 'must name a host, not an IP address',
  port: 'must have a port from 1 to 65535',
  endpointLength: 'must have from 10 to 128 characters',
  pathSuffix: 'must end in /kms/xks/v1',
  pathCharacters: 'must begin with / and have only letters, digits, slashes, hyphens and underscores',
  pathLength: 'must have from 10 to 128 characters',
} as const

const scheme = 'https://'

/**
 * The first rule that a proxy's address breaks, or undefined. Whoever may create a key store chooses where this server connects
 * to, so what is not plainly a host name is refused: another spelling of an address (`0x7f.1`) counts as the address.
 *
 * Source: KMS API Reference, CreateCustomKeyStore, XksProxyUriEndpoint and XksProxyUriPath; XKS Proxy API Specification, "API
 * operations" (a domain name rather than an IP address).
 * Differs: a port may be given, which AWS's own model refuses; a host name may be a single label, as private networks have them.
 */
export function endpointProblem(uriEndpoint: string, uriPath: string): EndpointProblem | undefined {
  const endpointRule = brokenByEndpoint(uriEndpoint)
  if (endpointRule !== undefined) return problem('XksProxyUriEndpoint', endpointRule)
  const pathRule = brokenByPath(uriPath)
  return pathRule === undefined ? undefined : problem('XksProxyUriPath', pathRule)
}

function problem(member: EndpointProblem['member'], rule: EndpointProblem['rule']): EndpointProblem {
  return { member, rule, message: `${member} ${words[rule]}.` }
}

function brokenByEndpoint(endpoint: string): EndpointProblem['rule'] | undefined {
  if (!endpoint.startsWith(scheme)) return 'https'
  if (endpoint.length < 10 || endpoint.length > 128) return 'endpointLength'
  const { host, port } =
    /^(?<host>[a-zA-Z0-9.-]+)(?::(?<port>\d+))?$/.exec(endpoint.slice(scheme.length))?.groups ?? {}
  if (host === undefined) return 'hostAlone'
  if (port !== undefined && (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535)) return 'port'
  // The URL parser knows every spelling of an address, and fails on numbers that are none.
  if (!URL.canParse(`${scheme}${host}`) || isIP(new URL(`${scheme}${host}`).hostname) !== 0) return 'hostName'
  return undefined
}

function brokenByPath(path: string): EndpointProblem['rule'] | undefined {
  if (path.length < 10 || path.length > 128) return 'pathLength'
  if (!/^\/[a-zA-Z0-9/_-]+$/.test(path)) return 'pathCharacters'
  return path.endsWith('/kms/xks/v1') ? undefined : 'pathSuffix'
}
