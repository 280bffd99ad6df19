// Goal: what the AWS CLI configures stands in front of real traffic: a customer is let in, and kept out as soon as an IP set says so.
// Method: the whole life of a guarded load balancer, typed with the CLI and asked with curl: made, associated, allowed, blocked within a
// second, sampled, counted, logged, and taken down again.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { edgeUrl } from '../edge-url.ts'
import { administratorOf, type Credentials, serverFor } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { awsCli } from './aws-cli.ts'
import { curl, originFor, until } from './edge-rig.ts'
import { allowed, refused } from './expect.ts'

const python = findPython(pythonClients)

test(
  'edge: the CLI makes a guarded balancer; curl is let in, then kept out',
  { skip: !python.ready && python.why },
  async (t) => {
    const server = await serverFor(t, {
      workers: 2,
      flags: ['--edge-port', '0', '--edge-tls-port', '0', '--edge-workers', '2'],
    })
    const as = administratorOf(server)
    const client = awsCli(t, server.url)
    const port = await originFor(t)
    const visibility = (MetricName: string) => ({
      MetricName,
      SampledRequestsEnabled: true,
      CloudWatchMetricsEnabled: true,
    })

    const { Summary: set } = allowed(
      await client.call(
        'wafv2',
        'CreateIPSet',
        { Name: 'blocked', Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses: [] },
        as,
      ),
    )
    const { Summary: acl } = allowed(
      await client.call(
        'wafv2',
        'CreateWebACL',
        {
          Name: 'shop',
          Scope: 'REGIONAL',
          DefaultAction: { Allow: {} },
          VisibilityConfig: visibility('shop'),
          Rules: [
            {
              Name: 'blocked-addresses',
              Priority: 0,
              Statement: { IPSetReferenceStatement: { ARN: set?.ARN ?? '' } },
              Action: { Block: {} },
              VisibilityConfig: visibility('blocked-addresses'),
            },
            {
              Name: 'common',
              Priority: 1,
              Statement: {
                ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesSQLiRuleSet' },
              },
              OverrideAction: { None: {} },
              VisibilityConfig: visibility('common'),
            },
          ],
        },
        as,
      ),
    )
    const { Subnets = [] } = allowed(await client.call('ec2', 'DescribeSubnets', {}, as))
    const { GroupId = '' } = allowed(
      await client.call('ec2', 'CreateSecurityGroup', { GroupName: 'shop', Description: 'customers' }, as),
    )
    const { LoadBalancers } = allowed(
      await client.call(
        'elbv2',
        'CreateLoadBalancer',
        {
          Name: 'shop',
          Subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId ?? ''),
          SecurityGroups: [GroupId],
        },
        as,
      ),
    )
    const [balancer] = LoadBalancers ?? []
    assert.ok(balancer?.LoadBalancerArn && balancer.DNSName && balancer.VpcId)
    const { LoadBalancerArn, VpcId } = balancer
    const { TargetGroups } = allowed(
      await client.call(
        'elbv2',
        'CreateTargetGroup',
        {
          Name: 'shop',
          Protocol: 'HTTP',
          Port: port,
          VpcId,
          TargetType: 'ip',
          HealthCheckIntervalSeconds: 5,
          HealthCheckTimeoutSeconds: 2,
        },
        as,
      ),
    )
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
    allowed(
      await client.call('elbv2', 'RegisterTargets', { TargetGroupArn, Targets: [{ Id: '127.0.0.1' }] }, as),
    )
    const { Listeners } = allowed(
      await client.call(
        'elbv2',
        'CreateListener',
        {
          LoadBalancerArn,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [{ Type: 'forward', TargetGroupArn }],
        },
        as,
      ),
    )
    allowed(
      await client.call(
        'wafv2',
        'AssociateWebACL',
        { WebACLArn: acl?.ARN ?? '', ResourceArn: LoadBalancerArn },
        as,
      ),
    )
    allowed(
      await client.call(
        'wafv2',
        'PutLoggingConfiguration',
        {
          LoggingConfiguration: {
            ResourceArn: acl?.ARN ?? '',
            LogDestinationConfigs: ['arn:aws:s3:::aws-waf-logs-shop'],
          },
        },
        as,
      ),
    )
    allowed(
      await client.call(
        'elbv2',
        'ModifyLoadBalancerAttributes',
        {
          LoadBalancerArn,
          Attributes: [
            { Key: 'access_logs.s3.enabled', Value: 'true' },
            { Key: 'access_logs.s3.bucket', Value: 'shop-logs' },
          ],
        },
        as,
      ),
    )
    const url = await edgeUrl(server.directory, balancer.DNSName)
    const ask = (path = '/') => curl(`${url}${path}`)

    await t.test('GET /_redoubt/edge tells who may describe balancers where they listen', async () => {
      const { AccessKey } = allowed(
        await client
          .call('iam', 'CreateUser', { UserName: 'guest' }, as)
          .then(() => client.call('iam', 'CreateAccessKey', { UserName: 'guest' }, as)),
      )
      const signed = ({ accessKeyId, secretAccessKey }: Credentials, region: string, service: string) => [
        '--aws-sigv4',
        `aws:amz:${region}:${service}`,
        '--user',
        `${accessKeyId}:${secretAccessKey}`,
      ]
      const guest = {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      }
      const [elb, dnsName] = ['elasticloadbalancing', balancer.DNSName ?? '']
      const rows: readonly [why: string, parameters: readonly string[], status: string, body: string][] = [
        ['the administrator', signed(as, 'us-east-1', elb), '200', dnsName],
        ['another Region has none', signed(as, 'eu-west-1', elb), '200', '[]'],
        ['nobody', [], '403', 'MissingAuthenticationToken'],
        ['a user without permissions', signed(guest, 'us-east-1', elb), '403', 'AccessDenied'],
        ['another service', signed(as, 'us-east-1', 's3'), '403', 'SignatureDoesNotMatch'],
        [
          'a wrong secret',
          signed({ ...as, secretAccessKey: 'x'.repeat(40) }, 'us-east-1', elb),
          '403',
          'SignatureDoesNotMatch',
        ],
      ]
      for (const [why, parameters, status, text] of rows) {
        const told = await curl(`${server.url}/_redoubt/edge`, ...parameters)
        assert.equal(told.status, status, `${why}: ${told.body}`)
        assert.ok(told.body.includes(text), `${why}: ${told.body}`)
      }
      assert.equal(rows.length, 6)
    })

    await t.test('nobody gets a connection before the security group admits anybody', async () => {
      const { status } = await ask()
      assert.equal(status, '000')
    })

    const permission = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '127.0.0.0/8' }] }
    allowed(
      await client.call('ec2', 'AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [permission] }, as),
    )

    await t.test('a customer is let in, and the origin sees who asks', async () => {
      const { value } = await until(5_000, ask, ({ status }) => status === '200')
      const seen = JSON.parse(value.body) as { headers: Record<string, string> } // The origin's own words.
      assert.equal(seen.headers['x-forwarded-for'], '127.0.0.1')
      assert.equal(seen.headers['x-forwarded-proto'], 'http')
      assert.match(seen.headers['x-amzn-trace-id'] ?? '', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/)
    })

    await t.test('an injection is kept out by a managed rule group', async () => {
      const { status } = await ask('/search?q=%27+OR+%271%27%3D%271%27+--+')
      assert.equal(status, '403')
      assert.equal((await ask('/search?q=it%27s+fine')).status, '200')
    })

    await t.test(
      'an address that enters the IP set is kept out within a second, on every worker',
      async () => {
        const named = { Name: 'blocked', Scope: 'REGIONAL', Id: set?.Id ?? '' } as const
        const { LockToken = '' } = allowed(await client.call('wafv2', 'GetIPSet', named, as))
        allowed(
          await client.call('wafv2', 'UpdateIPSet', { ...named, LockToken, Addresses: ['127.0.0.1/32'] }, as),
        )
        const { afterMs } = await until(1_000, ask, ({ status }) => status === '403')
        t.diagnostic(`blocked after ${Math.round(afterMs)} ms`)
        // New connections, so both workers are asked.
        for (let n = 0; n < 10; n += 1) assert.equal((await ask()).status, '403')
      },
    )

    await t.test('sampled requests show it', async () => {
      const now = Date.now()
      const { value } = await until(
        10_000,
        async () =>
          allowed(
            await client.call(
              'wafv2',
              'GetSampledRequests',
              {
                WebAclArn: acl?.ARN ?? '',
                RuleMetricName: 'blocked-addresses',
                Scope: 'REGIONAL',
                TimeWindow: {
                  StartTime: new Date(now - 600_000).toISOString() as unknown as Date, // As one types it.
                  EndTime: new Date(now + 60_000).toISOString() as unknown as Date,
                },
                MaxItems: 100,
              },
              as,
            ),
          ),
        ({ SampledRequests = [] }) => SampledRequests.length >= 10,
      )
      for (const { Action, Request } of value.SampledRequests ?? []) {
        assert.equal(Action, 'BLOCK')
        assert.equal(Request.ClientIP, '127.0.0.1')
      }
    })

    await t.test('metrics count it', async () => {
      const { value } = await until(
        10_000,
        async () =>
          allowed(
            await client.call(
              'cloudwatch',
              'GetMetricStatistics',
              {
                Namespace: 'AWS/WAFV2',
                MetricName: 'BlockedRequests',
                Dimensions: [
                  { Name: 'WebACL', Value: 'shop' },
                  { Name: 'Rule', Value: 'blocked-addresses' },
                  { Name: 'Region', Value: 'us-east-1' },
                ],
                StartTime: new Date(Date.now() - 600_000).toISOString() as unknown as Date,
                EndTime: new Date(Date.now() + 60_000).toISOString() as unknown as Date,
                Period: 3600,
                Statistics: ['Sum'],
              },
              as,
            ),
          ),
        ({ Datapoints = [] }) => Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0) >= 11,
      )
      assert.ok(value.Datapoints)
    })

    await t.test('the access log and the WAF log tell of it', async () => {
      const read = (bucket: string) => () =>
        Promise.resolve(
          globSync(join(server.directory, 'buckets', bucket, '**/*.gz'))
            .map((file) => gunzipSync(readFileSync(file)).toString('utf8'))
            .join(''),
        )
      const access = await until(5_000, read('shop-logs'), (text) => text.includes('"waf" '))
      assert.match(access.value, /^http \S+ app\/shop\/[0-9a-f]{16} 127\.0\.0\.1:\d+ - -1 -1 -1 403 - /m)
      const waf = await until(5_000, read('aws-waf-logs-shop'), (text) => text.includes('"action":"BLOCK"'))
      assert.match(waf.value, /"terminatingRuleId":"blocked-addresses"/)
    })

    await t.test('both go to log groups, too', async () => {
      const account = LoadBalancerArn.split(':')[4] ?? ''
      const groupArn = (name: string) => `arn:aws:logs:us-east-1:${account}:log-group:${name}`
      for (const logGroupName of ['/shop/access', 'aws-waf-logs-shop'])
        allowed(await client.call('logs', 'CreateLogGroup', { logGroupName }, as))
      const LoggingConfiguration = {
        ResourceArn: acl?.ARN ?? '',
        LogDestinationConfigs: [groupArn('aws-waf-logs-shop')],
        RedactedFields: [{ SingleHeader: { Name: 'user-agent' } }],
      }
      allowed(await client.call('wafv2', 'PutLoggingConfiguration', { LoggingConfiguration }, as))
      const source = { name: 'shop', resourceArn: LoadBalancerArn, logType: 'ALB_ACCESS_LOGS' }
      allowed(await client.call('logs', 'PutDeliverySource', source, as))
      const { deliveryDestination } = allowed(
        await client.call(
          'logs',
          'PutDeliveryDestination',
          {
            name: 'access',
            outputFormat: 'json',
            deliveryDestinationConfiguration: { destinationResourceArn: groupArn('/shop/access') },
          },
          as,
        ),
      )
      const pair = { deliverySourceName: 'shop', deliveryDestinationArn: deliveryDestination?.arn ?? '' }
      allowed(await client.call('logs', 'CreateDelivery', pair, as))
      const find = (logGroupName: string, filterPattern: string) => async () => {
        await ask('/to-groups')
        return (
          allowed(await client.call('logs', 'FilterLogEvents', { logGroupName, filterPattern }, as)).events ??
          []
        )
      }
      const access = await until(
        15_000,
        find('/shop/access', '{ $.elb_status_code = 403 && $.request_line = "*/to-groups*" }'),
        (events) => events.length > 0,
      )
      assert.match(access.value[0]?.logStreamName ?? '', /^app\/shop\/[0-9a-f]{16}$/)
      const waf = await until(
        15_000,
        find('aws-waf-logs-shop', '{ $.httpRequest.uri = "/to-groups" }'),
        (events) => events.length > 0,
      )
      assert.equal(waf.value[0]?.logStreamName, 'us-east-1_shop_0')
      const line = JSON.parse(waf.value[0].message ?? '') as { action?: unknown } // AWS's form of a WAF log.
      assert.equal(line.action, 'BLOCK')
      assert.doesNotMatch(JSON.stringify(line), /curl\//)
    })

    await t.test('a web ACL that guards something is not deleted; all of it is, in its order', async () => {
      const named = { Name: 'shop', Scope: 'REGIONAL', Id: acl?.Id ?? '' } as const
      const token = async () => allowed(await client.call('wafv2', 'GetWebACL', named, as)).LockToken ?? ''
      refused(
        await client.call('wafv2', 'DeleteWebACL', { ...named, LockToken: await token() }, as),
        'WAFAssociatedItemException',
        'AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s associated with another resource.',
      )
      allowed(await client.call('wafv2', 'DisassociateWebACL', { ResourceArn: LoadBalancerArn }, as))
      await until(2_000, ask, ({ status }) => status === '200')
      allowed(await client.call('wafv2', 'DeleteWebACL', { ...named, LockToken: await token() }, as))
      allowed(
        await client.call('elbv2', 'DeleteListener', { ListenerArn: Listeners?.[0]?.ListenerArn ?? '' }, as),
      )
      allowed(await client.call('elbv2', 'DeleteLoadBalancer', { LoadBalancerArn }, as))
      allowed(await client.call('elbv2', 'DeleteTargetGroup', { TargetGroupArn }, as))
      allowed(await client.call('ec2', 'DeleteSecurityGroup', { GroupId }, as))
      await until(2_000, ask, ({ status }) => status === '404' || status === '000')
    })
  },
)
