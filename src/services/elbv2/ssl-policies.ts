import type { TlsPolicy } from '#core/front-door.ts'
import { elbv2, onAll } from './declare.ts'
import { faults } from './faults.ts'
import { page } from './paging.ts'

const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
const forwardSecretGcm = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
]
const forwardSecretCbc = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
]
const forwardSecretSha1 = [
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES256-SHA',
]
const staticKeys = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256']
const staticSha1 = ['AES128-SHA', 'AES256-SHA']

const gcm = forwardSecretGcm
const forwardSecret = [...gcm, ...forwardSecretCbc]
const forwardSecretAll = [...forwardSecret, ...forwardSecretSha1]
const compatible = [...forwardSecretAll, ...staticKeys, ...staticSha1]

function policy(
  name: string,
  minVersion: TlsPolicy['minVersion'],
  maxVersion: TlsPolicy['maxVersion'],
  ciphers: readonly string[],
): TlsPolicy {
  return { name: `ELBSecurityPolicy-${name}`, minVersion, maxVersion, ciphers }
}

/**
 * Source: ELB User Guide for Application Load Balancers, "Security policies".
 * Differs: policies that admit TLS 1.0 and 1.1 are spoken from 1.2 on, and described so: both are broken, and OpenSSL 3 refuses them.
 */
const policies: ReadonlyMap<string, TlsPolicy> = new Map(
  [
    policy('2016-08', 'TLSv1.2', 'TLSv1.2', compatible),
    policy('TLS-1-1-2017-01', 'TLSv1.2', 'TLSv1.2', compatible),
    policy('TLS-1-2-2017-01', 'TLSv1.2', 'TLSv1.2', [...forwardSecret, ...staticKeys]),
    policy('TLS-1-2-Ext-2018-06', 'TLSv1.2', 'TLSv1.2', compatible),
    policy('FS-2018-06', 'TLSv1.2', 'TLSv1.2', forwardSecretAll),
    policy('FS-1-1-2019-08', 'TLSv1.2', 'TLSv1.2', forwardSecretAll),
    policy('FS-1-2-2019-08', 'TLSv1.2', 'TLSv1.2', forwardSecretAll),
    policy('FS-1-2-Res-2019-08', 'TLSv1.2', 'TLSv1.2', forwardSecret),
    policy('FS-1-2-Res-2020-10', 'TLSv1.2', 'TLSv1.2', gcm),
    policy('TLS13-1-3-2021-06', 'TLSv1.3', 'TLSv1.3', tls13),
    policy('TLS13-1-2-2021-06', 'TLSv1.2', 'TLSv1.3', [...tls13, ...forwardSecret]),
    policy('TLS13-1-2-Res-2021-06', 'TLSv1.2', 'TLSv1.3', [...tls13, ...gcm]),
    policy('TLS13-1-2-Ext1-2021-06', 'TLSv1.2', 'TLSv1.3', [...tls13, ...forwardSecret, ...staticKeys]),
    policy('TLS13-1-2-Ext2-2021-06', 'TLSv1.2', 'TLSv1.3', [...tls13, ...compatible]),
    policy('TLS13-1-1-2021-06', 'TLSv1.2', 'TLSv1.3', [...tls13, ...compatible]),
    policy('TLS13-1-0-2021-06', 'TLSv1.2', 'TLSv1.3', [...tls13, ...compatible]),
  ].map((one) => [one.name, one]),
)

/** Source: ELBv2 API Reference, CreateListener, SslPolicy: what a listener without a policy has. */
export const defaultPolicy = 'ELBSecurityPolicy-2016-08'

/** A policy by its name. Faults: SSLPolicyNotFound. */
export function policyOf(name: string): TlsPolicy {
  const found = policies.get(name)
  if (found === undefined) throw faults.sslPolicyNotFound(name)
  return found
}

/** Shows the policies, or those that are named, with the protocols and ciphers that are really spoken. */
export const DescribeSSLPolicies = elbv2('DescribeSSLPolicies', {
  access: () => onAll('DescribeSSLPolicies'),
  run({ input }) {
    const chosen = input.Names === undefined ? [...policies.values()] : input.Names.map(policyOf)
    const { items, ...next } = page(chosen, ({ name }) => name, input)
    return {
      SslPolicies: items.map(({ name, minVersion, maxVersion, ciphers }) => ({
        Name: name,
        SslProtocols: [...new Set([maxVersion, minVersion])],
        Ciphers: ciphers.map((Name, index) => ({ Name, Priority: index + 1 })),
        SupportedLoadBalancerTypes: ['application'],
      })),
      ...next,
    }
  },
})
