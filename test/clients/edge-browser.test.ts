// Goal: whoever looks with a browser passes a challenge without noticing, and is shown a puzzle where a web ACL wants one; whoever has no
// browser gets neither page. Method: Chromium, headless, before a balancer whose web ACL challenges one path and puzzles another.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { EC2 } from '@aws-sdk/client-ec2'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { type Rule, type RuleAction, WAFV2 } from '@aws-sdk/client-wafv2'
import { edgeUrl } from '../edge-url.ts'
import { administratorOf, directoryFor, serverFor } from '../server.ts'
import { findBrowser } from '../set-up/browser.ts'
import { curl, originFor, until } from './edge-rig.ts'

const browser = findBrowser()
const browserMsMax = 60_000

/** What a page has come to after so long. Units: milliseconds of the page's own time. */
async function look(t: TestContext, url: string, pageMs: number): Promise<string> {
  assert.ok(browser.ready, 'the test is skipped where there is no browser')
  const { stdout } = await promisify(execFile)(
    browser.program,
    [
      '--headless=new',
      '--no-sandbox', // Chromium refuses to have one as root.
      '--disable-gpu',
      '--disable-dev-shm-usage',
      `--user-data-dir=${join(directoryFor(t), 'profile')}`,
      `--virtual-time-budget=${pageMs}`,
      '--dump-dom',
      url,
    ],
    { timeout: browserMsMax, maxBuffer: 16 << 20 },
  )
  return stdout
}

const visibility = (MetricName: string) => ({
  MetricName,
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
})

const ruleFor = (path: string, Priority: number, Action: RuleAction): Rule => ({
  Name: path,
  Priority,
  Statement: {
    ByteMatchStatement: {
      SearchString: Buffer.from(`/${path}`),
      FieldToMatch: { UriPath: {} },
      TextTransformations: [{ Priority: 0, Type: 'NONE' }],
      PositionalConstraint: 'EXACTLY',
    },
  },
  Action,
  VisibilityConfig: visibility(path),
})

/** A balancer before an origin, guarded by the rules; gives its address. */
async function guarded(t: TestContext, Rules: Rule[]): Promise<URL> {
  const server = await serverFor(t, {
    flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '1'],
  })
  const options = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { ...administratorOf(server) },
  }
  const [ec2, elb, waf] = [new EC2(options), new ElasticLoadBalancingV2(options), new WAFV2(options)]
  const Port = await originFor(t)
  const { Subnets = [] } = await ec2.describeSubnets({})
  const { LoadBalancers } = await elb.createLoadBalancer({
    Name: 'pages',
    Subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId ?? ''),
  })
  const [balancer] = LoadBalancers ?? []
  assert.ok(balancer?.LoadBalancerArn && balancer.DNSName && balancer.VpcId)
  const { TargetGroups } = await elb.createTargetGroup({
    ...{ Name: 'pages', Protocol: 'HTTP', Port, VpcId: balancer.VpcId, TargetType: 'ip' },
    ...{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2 },
  })
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn
  await elb.registerTargets({ TargetGroupArn, Targets: [{ Id: '127.0.0.1' }] })
  await elb.createListener({
    ...{ LoadBalancerArn: balancer.LoadBalancerArn, Protocol: 'HTTP', Port: 80 },
    DefaultActions: [{ Type: 'forward', TargetGroupArn }],
  })
  await ec2.authorizeSecurityGroupIngress({
    GroupId: balancer.SecurityGroups?.[0],
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  })
  const { Summary } = await waf.createWebACL({
    ...{ Name: 'pages', Scope: 'REGIONAL', DefaultAction: { Allow: {} }, Rules },
    VisibilityConfig: visibility('pages'),
  })
  await waf.associateWebACL({ WebACLArn: Summary?.ARN, ResourceArn: balancer.LoadBalancerArn })
  const url = new URL(await edgeUrl(server.directory, balancer.DNSName))
  await until(
    20_000,
    () => curl(url.href),
    ({ status }) => status === '200',
  )
  return url
}

test(
  'edge: a browser passes a challenge by itself, and is shown a puzzle',
  { skip: !browser.ready && browser.why },
  async (t) => {
    const url = await guarded(t, [
      ruleFor('challenged', 0, { Challenge: {} }),
      ruleFor('puzzled', 1, { Captcha: {} }),
    ])
    const challenged = new URL('/challenged', url)
    const { status, body } = await curl(challenged.href, '-H', 'Accept: text/html')
    assert.equal(status, '202')
    assert.doesNotMatch(body, /"method":"GET"/, 'who runs no script does not get to the origin')

    const passed = await look(t, challenged.href, 20_000)
    assert.match(passed, /"url":"\/challenged"/, 'the origin answered')
    assert.match(passed, /aws-waf-token=/, 'and was sent the token')

    const puzzle = await look(t, new URL('/puzzled', url).href, 5_000)
    assert.match(puzzle, /<img[^>]+src="data:image\/png;base64,/)
    assert.match(puzzle, /<input/)
    assert.doesNotMatch(puzzle, /"url":"\/puzzled"/, 'the origin is not reached unsolved')
  },
)
