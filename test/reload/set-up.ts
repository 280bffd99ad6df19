import assert from 'node:assert/strict'
import http from 'node:http'
import https from 'node:https'
import { originFor } from '../clients/edge-rig.ts'
import { allowed } from '../clients/expect.ts'
import { sdk } from '../clients/sdk.ts'
import { edgeUrl } from '../edge-url.ts'
import {
  administratorOf,
  type Lifetime,
  type ServerOptions,
  startServer,
  type TestServer,
} from '../server.ts'
import { loadWhileReloading, type LoadResult } from './load.ts'

/** Something that hears of what is to be undone at the end: a test, or a drill. */
export type Ending = Pick<Lifetime, 'after'>

/** The server that the load is put on: two workers, and an edge of two processes. */
export const loadedServer: ServerOptions = {
  workers: 2,
  flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '2'],
}

/** What is put before a server. */
export interface Balanced {
  /** The port of the target; one of its own answers otherwise. */
  readonly target?: number
  /** For a listener of TLS: PEM. */
  readonly certificate?: { readonly certificate: string; readonly privateKey: string }
}

/** Puts a load balancer with a target before a server; answers where it listens. */
export async function balanced(t: Ending, server: TestServer, wish: Balanced = {}): Promise<string> {
  const as = administratorOf(server)
  const client = sdk(t, server.url)
  const Port = wish.target ?? (await originFor(t))
  const { Subnets = [] } = allowed(await client.call('ec2', 'DescribeSubnets', {}, as))
  const made = { Name: 'load', Subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId ?? '') }
  const { GroupId = '' } = allowed(
    await client.call('ec2', 'CreateSecurityGroup', { GroupName: 'load', Description: 'everybody' }, as),
  )
  const permission = { IpProtocol: 'tcp', FromPort: 80, ToPort: 443, IpRanges: [{ CidrIp: '127.0.0.0/8' }] }
  allowed(
    await client.call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [permission] }, as),
  )
  const { LoadBalancers } = allowed(
    await client.call('elbv2', 'CreateLoadBalancer', { ...made, SecurityGroups: [GroupId] }, as),
  )
  const { LoadBalancerArn = '', VpcId = '', DNSName = '' } = LoadBalancers?.[0] ?? {}
  const group = { Name: 'load', Protocol: 'HTTP', Port, VpcId, TargetType: 'ip' } as const
  const { TargetGroups } = allowed(await client.call('elbv2', 'CreateTargetGroup', group, as))
  const { TargetGroupArn = '' } = TargetGroups?.[0] ?? {}
  allowed(
    await client.call('elbv2', 'RegisterTargets', { TargetGroupArn, Targets: [{ Id: '127.0.0.1' }] }, as),
  )
  const DefaultActions = [{ Type: 'forward', TargetGroupArn } as const]
  const { certificate } = wish
  const CertificateArn =
    certificate &&
    allowed(
      await client.call(
        'acm',
        'ImportCertificate',
        {
          Certificate: Buffer.from(certificate.certificate),
          PrivateKey: Buffer.from(certificate.privateKey),
        },
        as,
      ),
    ).CertificateArn
  const plain = { LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions } as const
  const tls = {
    ...plain,
    ...({ Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn }] } as const),
  }
  allowed(await client.call('elbv2', 'CreateListener', certificate ? tls : plain, as))
  const url = await edgeUrl(server.directory, DNSName, certificate ? 'HTTPS' : 'HTTP')
  await answers(url)
  return url
}

/** Waits until the target is healthy. */
async function answers(url: string): Promise<void> {
  const { port, host, protocol } = new URL(url)
  const { request } = protocol === 'https:' ? https : http
  const to = { host: '127.0.0.1', port, headers: { host }, agent: false, rejectUnauthorized: false } as const
  const giveUpAtMs = performance.now() + 60_000
  for (;;) {
    const status = await new Promise((resolve) => {
      const asked = request(to, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on('error', () => resolve(undefined))
      asked.end()
    })
    if (status === 200) return
    assert.ok(performance.now() < giveUpAtMs, `the edge answers with ${String(status)}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/**
 * The drill: a server of its own under load, which hands over several times. Ends everything that it started, and its directory.
 * Units: milliseconds.
 */
export async function reloadDrill(forMs: number, reloads: number): Promise<LoadResult> {
  const undo: (() => unknown)[] = []
  const t = { after: (task?: unknown) => void (typeof task === 'function' && undo.push(() => task())) }
  const server = await startServer(loadedServer)
  try {
    const url = await balanced(t, server)
    return await loadWhileReloading({
      ...{ server, administrator: administratorOf(server), edgeUrl: url, forMs, reloads },
    })
  } finally {
    await server.stop()
    for (const task of undo.toReversed()) await task()
    const { rmSync } = await import('node:fs')
    rmSync(server.directory, { recursive: true, force: true })
  }
}
