// A load balancer with a web ACL before an origin of this process: what drills ask beside the API.
import assert from 'node:assert/strict'
import { get } from 'node:http'
import type { Client } from '../test/clients/client.ts'
import { originFor, until } from '../test/clients/edge-rig.ts'
import { allowed } from '../test/clients/expect.ts'
import { edgeUrl } from '../test/edge-url.ts'
import type { Rule } from '#models/wafv2.d.ts'
import type { Credentials, Lifetime, TestServer } from '../test/server.ts'

export const VisibilityConfig = {
  MetricName: 'shop',
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
}

/** Asks the edge once: the status, or 0 where there was no answer. */
export type Ask = (path?: string) => Promise<number>

/** Makes it, waits until the first customer is let in, and answers how it is asked. `further`: rules behind those of AWS's groups. */
export async function guardedEdge(
  t: Lifetime,
  server: TestServer,
  client: Client,
  as: Credentials,
  further: readonly Rule[] = [],
): Promise<{ readonly url: string; readonly host: string; readonly ask: Ask }> {
  const port = await originFor(t)
  const rules = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesSQLiRuleSet'].map((Name, Priority) => ({
    ...{ Name, Priority, VisibilityConfig, OverrideAction: { None: {} } },
    Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
  }))
  const { Summary } = allowed(
    await client.call(
      'wafv2',
      'CreateWebACL',
      {
        Name: 'shop',
        Scope: 'REGIONAL',
        DefaultAction: { Allow: {} },
        VisibilityConfig,
        Rules: [...rules, ...further],
      },
      as,
    ),
  )
  const { Subnets = [] } = allowed(await client.call('ec2', 'DescribeSubnets', {}, as))
  const { GroupId = '' } = allowed(
    await client.call('ec2', 'CreateSecurityGroup', { GroupName: 'shop', Description: 'customers' }, as),
  )
  const permission = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '127.0.0.0/8' }] }
  allowed(
    await client.call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [permission] }, as),
  )
  const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId ?? '')
  const { LoadBalancers = [] } = allowed(
    await client.call(
      'elbv2',
      'CreateLoadBalancer',
      { Name: 'shop', Subnets: subnets, SecurityGroups: [GroupId] },
      as,
    ),
  )
  const [balancer] = LoadBalancers
  assert.ok(balancer?.LoadBalancerArn && balancer.DNSName && balancer.VpcId)
  const { LoadBalancerArn, VpcId, DNSName } = balancer
  const { TargetGroups } = allowed(
    await client.call(
      'elbv2',
      'CreateTargetGroup',
      { Name: 'shop', Protocol: 'HTTP', Port: port, VpcId, TargetType: 'ip' },
      as,
    ),
  )
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  allowed(
    await client.call('elbv2', 'RegisterTargets', { TargetGroupArn, Targets: [{ Id: '127.0.0.1' }] }, as),
  )
  const DefaultActions = [{ Type: 'forward', TargetGroupArn } as const]
  allowed(
    await client.call(
      'elbv2',
      'CreateListener',
      { LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions },
      as,
    ),
  )
  const WebACLArn = Summary?.ARN ?? ''
  allowed(await client.call('wafv2', 'AssociateWebACL', { WebACLArn, ResourceArn: LoadBalancerArn }, as))
  const url = await edgeUrl(server.directory, DNSName)
  const ask = askerOf(url)
  await until(
    10_000,
    () => ask(),
    (status) => status === 200,
  )
  return { url, host: DNSName, ask }
}

/** `.localhost` names are this machine's, whatever its resolver says. */
export function askerOf(url: string): Ask {
  const { hostname, port } = new URL(url)
  return (path = '/') =>
    new Promise((resolve) => {
      const asked = get(
        {
          host: '127.0.0.1',
          port,
          path,
          headers: { host: `${hostname}:${port}`, 'user-agent': 'drill/1' },
          agent: false,
          timeout: 5_000,
        },
        (answer) => {
          answer.resume()
          answer.once('close', () => resolve(answer.statusCode ?? 0))
        },
      )
      asked.once('timeout', () => asked.destroy())
      asked.once('error', () => resolve(0))
    })
}
