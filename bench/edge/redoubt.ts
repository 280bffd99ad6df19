import assert from 'node:assert/strict'
import { EC2 } from '@aws-sdk/client-ec2'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { type Rule, WAFV2 } from '@aws-sdk/client-wafv2'
import { setTimeout as sleep } from 'node:timers/promises'
import { edgeUrl } from '../../test/edge-url.ts'
import { administratorOf, startServer } from '../../test/server.ts'
import type { Contender } from '../http/contenders.ts'
import { sendRaw } from './raw.ts'
import { get } from './requests.ts'
import { everyManagedGroup, someRules, visibilityOf } from './web-acls.ts'

/** A door of Redoubt's edge: a load balancer of that host name. */
export interface DoorContender extends Contender {
  readonly host: string
}

export const plainName = 'redoubt, plain'
export const managedName = 'redoubt, every managed rule group'
export const tenRulesName = 'redoubt, 10 rules'
export const thousandRulesName = 'redoubt, 1,000 rules, 10,000 addresses'

const client = { region: 'us-east-1' } as const

/**
 * Starts Redoubt with one edge worker and a load balancer for each web ACL that is compared, all before the same origin, made through
 * the API as anybody would. Their CPU time is the whole server's: while one is asked, the others are idle.
 */
export async function redoubtDoors(
  origin: number,
  names: readonly string[] = [plainName, managedName, tenRulesName, thousandRulesName],
): Promise<readonly DoorContender[]> {
  const server = await startServer({
    flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
  })
  const credentials = administratorOf(server)
  const options = { ...client, endpoint: server.url, credentials: { ...credentials } }
  const made = { elb: new ElasticLoadBalancingV2(options), waf: new WAFV2(options), ec2: new EC2(options) }
  const rulesOf: Readonly<Record<string, () => readonly Rule[] | Promise<readonly Rule[]>>> = {
    [managedName]: everyManagedGroup,
    [tenRulesName]: async () => someRules(10, await addresses(made.waf, 10)),
    [thousandRulesName]: async () => someRules(1_000, await addresses(made.waf, 10_000)),
  }
  const doors: DoorContender[] = []
  for (const [index, name] of names.entries()) {
    const rules = await rulesOf[name]?.()
    const url = await door(made, `door-${index}`, origin, rules, server.directory)
    doors.push({
      name,
      host: url.host,
      port: Number(url.port),
      pid: server.pid,
      credentials,
      end: () => (index === 0 ? server.kill() : Promise.resolve()),
    })
  }
  return doors
}

interface Clients {
  readonly elb: ElasticLoadBalancingV2
  readonly waf: WAFV2
  readonly ec2: EC2
}

/** Makes a load balancer before the origin, guarded by the rules; gives the address at which it answers. */
async function door(
  { elb, waf, ec2 }: Clients,
  name: string,
  origin: number,
  rules: readonly Rule[] | undefined,
  directory: string,
): Promise<URL> {
  const { Subnets = [] } = await ec2.describeSubnets({})
  const subnetIds = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId ?? '')
  const { LoadBalancers } = await elb.createLoadBalancer({ Name: name, Subnets: subnetIds })
  const [balancer] = LoadBalancers ?? []
  const { TargetGroups } = await elb.createTargetGroup({
    Name: name,
    Protocol: 'HTTP',
    Port: origin,
    VpcId: balancer?.VpcId,
    TargetType: 'ip',
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
  })
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn
  await elb.registerTargets({ TargetGroupArn, Targets: [{ Id: '127.0.0.1', Port: origin }] })
  await elb.createListener({
    LoadBalancerArn: balancer?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  })
  await admitAll(ec2, balancer?.SecurityGroups?.[0])
  if (rules !== undefined) {
    const { Summary } = await waf.createWebACL({
      Name: name,
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      VisibilityConfig: visibilityOf(name),
      Rules: [...rules],
    })
    await waf.associateWebACL({ WebACLArn: Summary?.ARN, ResourceArn: balancer?.LoadBalancerArn })
  }
  return answering(directory, balancer?.DNSName ?? '')
}

async function admitAll(ec2: EC2, GroupId: string | undefined): Promise<void> {
  const permission = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
  await ec2
    .authorizeSecurityGroupIngress({ GroupId, IpPermissions: [permission] })
    .catch((error: unknown) => {
      // The balancers share the default group.
      if (!(error instanceof Error && error.name === 'InvalidPermission.Duplicate')) throw error
    })
}

async function addresses(waf: WAFV2, count: number): Promise<string> {
  const Addresses = Array.from(
    { length: count },
    (_, n) => `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}/32`,
  )
  const { Summary } = await waf.createIPSet({
    Name: `addresses-${count}`,
    Scope: 'REGIONAL',
    IPAddressVersion: 'IPV4',
    Addresses,
  })
  assert.ok(Summary?.ARN, 'an IP set has an ARN')
  return Summary.ARN
}

/** Waits until the balancer answers, and says where. */
async function answering(directory: string, hostName: string): Promise<URL> {
  const url = new URL(await edgeUrl(directory, hostName))
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await sendRaw(Number(url.port), get(url.host).bytes)
    if (answer === 200) return url
    await sleep(100)
  }
  throw new Error(`${url.href} does not answer`)
}
