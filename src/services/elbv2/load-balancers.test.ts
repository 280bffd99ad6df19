// Goal: balancers, listeners, rules and target groups are made, shown, changed and deleted as AWS documents, and what AWS refuses is
// refused. Method: rows through the SDK's own client; what the edge is told is looked at after each change.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { doorOf, fixed, refusal, type Rig, rig } from './rig.test.ts'

const groupOf = ({ parts }: Rig) => parts().find(({ kind }) => kind === 'target-group')?.value

test('elbv2: a balancer is made once for its name and settings, shown, protected, and deleted with all that is its', async () => {
  const all = await rig()
  const { elb, subnets, deleted, store } = all
  const { arn, dnsName } = await all.balancer()
  assert.match(
    arn,
    /^arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
  )
  assert.match(dnsName, /^web-[0-9a-f]{16}\.us-east-1\.elb\.localhost$/)
  assert.equal((await all.balancer()).arn, arn, 'the same again is the same')
  const other = { Name: 'web', Subnets: subnets.slice(1, 3) }
  assert.match(await refusal(elb.createLoadBalancer(other)), /^DuplicateLoadBalancerName/)
  const { LoadBalancers } = await elb.describeLoadBalancers({ Names: ['web'] })
  assert.equal(LoadBalancers?.[0]?.State?.Code, 'active')
  assert.match(await refusal(elb.describeLoadBalancers({ Names: ['none'] })), /^LoadBalancerNotFound/)

  const listener = await all.listener(arn, await all.group())
  await elb.createRule({
    ListenerArn: listener,
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', Values: ['/a'] }],
    Actions: [fixed],
  })
  const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'true' }]
  await elb.modifyLoadBalancerAttributes({ LoadBalancerArn: arn, Attributes })
  assert.match(await refusal(elb.deleteLoadBalancer({ LoadBalancerArn: arn })), /^OperationNotPermitted/)
  await elb.modifyLoadBalancerAttributes({
    LoadBalancerArn: arn,
    Attributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }],
  })
  await elb.deleteLoadBalancer({ LoadBalancerArn: arn })
  await elb.deleteLoadBalancer({ LoadBalancerArn: arn })
  assert.deepEqual(deleted, [arn])
  assert.deepEqual(
    store.snapshot().filter(({ service, type }) => service === 'elbv2' && type !== 'target-group'),
    [],
  )
})

const refusedBalancers: readonly [
  name: string,
  input: (all: Rig) => Parameters<ElasticLoadBalancingV2['createLoadBalancer']>[0],
  want: RegExp,
][] = [
  [
    'one subnet',
    ({ subnets }) => ({ Name: 'a', Subnets: subnets.slice(0, 1) }),
    /^ValidationError: At least two subnets/,
  ],
  ['none', () => ({ Name: 'a' }), /^ValidationError: Either subnets/],
  [
    'one subnet twice',
    ({ subnets: [one = ''] }) => ({ Name: 'a', Subnets: [one, one] }),
    /^InvalidConfigurationRequest/,
  ],
  [
    'a subnet that is not there',
    ({ subnets: [one = ''] }) => ({ Name: 'a', Subnets: [one, 'subnet-0'] }),
    /^SubnetNotFound/,
  ],
  [
    'a group that is not there',
    ({ subnets }) => ({ Name: 'a', Subnets: subnets, SecurityGroups: ['sg-0'] }),
    /^InvalidSecurityGroup/,
  ],
  ['a name with a dot', ({ subnets }) => ({ Name: 'a.b', Subnets: subnets }), /^ValidationError/],
  [
    'a name that begins with internal-',
    ({ subnets }) => ({ Name: 'internal-a', Subnets: subnets }),
    /^ValidationError/,
  ],
  [
    'a network balancer',
    ({ subnets }) => ({ Name: 'a', Subnets: subnets, Type: 'network' }),
    /^ValidationError: .*not supported/,
  ],
  [
    'a tag twice',
    ({ subnets }) => ({ Name: 'a', Subnets: subnets, Tags: [{ Key: 'k' }, { Key: 'k' }] }),
    /^DuplicateTagKeys/,
  ],
]

test('elbv2: balancers that AWS refuses are refused, and leave nothing', async () => {
  const all = await rig()
  for (const [name, input, want] of refusedBalancers)
    assert.match(await refusal(all.elb.createLoadBalancer(input(all))), want, name)
  assert.equal(refusedBalancers.length, 9)
  assert.deepEqual((await all.elb.describeLoadBalancers({})).LoadBalancers, [])
})

test('elbv2: attributes are checked, kept, shown with their defaults, and reach the edge', async () => {
  const all = await rig()
  const { arn: LoadBalancerArn } = await all.balancer()
  const set = (Key: string, Value: string) =>
    all.elb.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes: [{ Key, Value }] })
  const rows: readonly [string, string, RegExp][] = [
    ['idle_timeout.timeout_seconds', '0', /^ValidationError/],
    ['idle_timeout.timeout_seconds', '4001', /^ValidationError/],
    ['routing.http2.enabled', 'yes', /^ValidationError/],
    ['no.such.key', '1', /^ValidationError: .*not recognized/],
    ['load_balancing.cross_zone.enabled', 'false', /^ValidationError: .*nothing else is supported/],
    ['connection_logs.s3.enabled', 'true', /^ValidationError: .*nothing else is supported/],
    ['access_logs.s3.enabled', 'true', /^InvalidConfigurationRequest/],
    ['access_logs.s3.prefix', '../up', /^ValidationError/],
    ['access_logs.s3.bucket', '../../up', /^ValidationError/],
  ]
  for (const [key, value, want] of rows) assert.match(await refusal(set(key, value)), want, `${key} ${value}`)
  assert.equal(rows.length, 9)
  await set('idle_timeout.timeout_seconds', '7')
  await set('routing.http.xff_header_processing.mode', 'remove')
  const { Attributes = [] } = await all.elb.describeLoadBalancerAttributes({ LoadBalancerArn })
  assert.ok(Attributes.length > 10)
  const { attributes } = doorOf(all)
  assert.deepEqual(
    [attributes.idleTimeoutSec, attributes.xffHeaderProcessing, attributes.http2],
    [7, 'remove', true],
  )
})

const refusedListeners: readonly [name: string, input: object, want: RegExp][] = [
  ['TCP', { Protocol: 'TCP' }, /^UnsupportedProtocol/],
  ['no protocol', { Protocol: undefined }, /^ValidationError: A listener protocol/],
  ['no port', { Port: undefined }, /^ValidationError: A listener port/],
  ['HTTPS without a certificate', { Protocol: 'HTTPS' }, /^ValidationError: A certificate/],
  [
    'a certificate that is not there',
    {
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/0' }],
    },
    /^CertificateNotFound/,
  ],
  [
    'a certificate of another account',
    {
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:444455556666:certificate/0' }],
    },
    /^CertificateNotFound/,
  ],
  ['a policy for HTTP', { SslPolicy: 'ELBSecurityPolicy-2016-08' }, /^ValidationError/],
  [
    'mutual authentication',
    { MutualAuthentication: { Mode: 'verify' } },
    /^ValidationError: .*not supported/,
  ],
  ['no action', { DefaultActions: [] }, /^ValidationError/],
  [
    'two forwards',
    {
      DefaultActions: [
        { ...fixed, Order: 1 },
        { ...fixed, Order: 2 },
      ],
    },
    /^TooManyActions/,
  ],
  ['actions without order', { DefaultActions: [fixed, fixed] }, /^InvalidLoadBalancerAction/],
  [
    'a target group that is not there',
    {
      DefaultActions: [
        {
          Type: 'forward',
          TargetGroupArn:
            'arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/x/0123456789abcdef',
        },
      ],
    },
    /^TargetGroupNotFound/,
  ],
  [
    'a redirect to itself',
    { DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }] },
    /^InvalidLoadBalancerAction/,
  ],
  [
    'a redirect with a line end',
    { DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301', Host: 'a\r\nb' } }] },
    /^InvalidLoadBalancerAction/,
  ],
  [
    'a fixed response of 302',
    { DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '302' } }] },
    /^ValidationError/,
  ],
  [
    'a body that is too long',
    {
      DefaultActions: [
        { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'x'.repeat(1025) } },
      ],
    },
    /^(?:InvalidLoadBalancerAction|ValidationError)/,
  ],
  [
    'Cognito',
    {
      DefaultActions: [
        {
          Type: 'authenticate-cognito',
          Order: 1,
          AuthenticateCognitoConfig: { UserPoolArn: 'a', UserPoolClientId: 'b', UserPoolDomain: 'c' },
        },
        { ...fixed, Order: 2 },
      ],
    },
    /^InvalidLoadBalancerAction/,
  ],
  [
    'OIDC without TLS',
    {
      DefaultActions: [
        { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: oidc() },
        { ...fixed, Order: 2 },
      ],
    },
    /^InvalidLoadBalancerAction.*HTTPS/,
  ],
  [
    'a session cookie whose name holds attributes',
    {
      DefaultActions: [
        {
          Type: 'authenticate-oidc',
          Order: 1,
          AuthenticateOidcConfig: oidc({ SessionCookieName: 'a; Domain=example' }),
        },
        { ...fixed, Order: 2 },
      ],
    },
    /^ValidationError: The session cookie name/,
  ],
  [
    'authentication alone',
    { DefaultActions: [{ Type: 'authenticate-oidc', AuthenticateOidcConfig: oidc() }] },
    /^InvalidLoadBalancerAction/,
  ],
]

function oidc(wish: object = {}) {
  const at = (path: string): string => `https://idp.example/${path}`
  return {
    Issuer: at(''),
    AuthorizationEndpoint: at('a'),
    TokenEndpoint: at('t'),
    UserInfoEndpoint: at('u'),
    ClientId: 'id',
    ClientSecret: 'top secret',
    ...wish,
  }
}

test('elbv2: listeners that AWS refuses are refused, and leave nothing', async () => {
  const all = await rig()
  const { arn: LoadBalancerArn } = await all.balancer()
  for (const [name, input, want] of refusedListeners)
    assert.match(
      await refusal(
        all.elb.createListener({
          LoadBalancerArn,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [fixed],
          ...input,
        }),
      ),
      want,
      name,
    )
  assert.equal(refusedListeners.length, 20)
  assert.deepEqual(doorOf(all).listeners, [])
})

test('elbv2: a listener of TLS shows certificates of ACM, with their keys for the edge alone', async () => {
  const all = await rig()
  const { arn: LoadBalancerArn } = await all.balancer()
  const [first, second] = [
    await all.certificate('a.example', '*.a.example'),
    await all.certificate('b.example'),
  ]
  const { Listeners } = await all.elb.createListener({
    LoadBalancerArn,
    Protocol: 'HTTPS',
    Port: 443,
    Certificates: [{ CertificateArn: first }],
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    DefaultActions: [
      { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: oidc() },
      { ...fixed, Order: 2 },
    ],
  })
  const ListenerArn = Listeners?.[0]?.ListenerArn ?? ''
  assert.doesNotMatch(
    JSON.stringify(await all.elb.describeListeners({ ListenerArns: [ListenerArn] })),
    /top secret/,
  )
  assert.doesNotMatch(JSON.stringify(all.store.snapshot()), /top secret|PRIVATE KEY/)
  const elsewhere = await all.certificateElsewhere('c.example')
  assert.match(
    await refusal(
      all.elb.addListenerCertificates({ ListenerArn, Certificates: [{ CertificateArn: elsewhere }] }),
    ),
    /^CertificateNotFound/,
  )
  await all.elb.addListenerCertificates({ ListenerArn, Certificates: [{ CertificateArn: second }] })
  const [listener] = doorOf(all).listeners
  assert.deepEqual(
    listener?.certificates.map(({ names }) => names),
    [['a.example', '*.a.example'], ['b.example']],
  )
  assert.match(listener?.certificates[0]?.privateKey ?? '', /PRIVATE KEY/)
  assert.equal(listener?.tls?.minVersion, 'TLSv1.2')
  const [oidcAction] = listener?.rules[0]?.actions ?? []
  assert.equal(oidcAction?.type === 'authenticate-oidc' && oidcAction.clientSecret, 'top secret')
  assert.match(await refusal(all.acm.deleteCertificate({ CertificateArn: first })), /^ResourceInUseException/)
  assert.match(
    await refusal(
      all.elb.removeListenerCertificates({ ListenerArn, Certificates: [{ CertificateArn: first }] }),
    ),
    /^ValidationError/,
  )
  await all.elb.removeListenerCertificates({ ListenerArn, Certificates: [{ CertificateArn: second }] })
  await all.acm.deleteCertificate({ CertificateArn: second })
  // A secret that is kept is kept; one that is not there cannot be.
  const DefaultActions = [
    {
      Type: 'authenticate-oidc' as const,
      Order: 1,
      AuthenticateOidcConfig: oidc({ ClientSecret: undefined, UseExistingClientSecret: true }),
    },
    { ...fixed, Order: 2 },
  ]
  await all.elb.modifyListener({ ListenerArn, DefaultActions })
  const [kept] = doorOf(all).listeners[0]?.rules[0]?.actions ?? []
  assert.equal(kept?.type === 'authenticate-oidc' && kept.clientSecret, 'top secret')
  assert.match(
    await refusal(all.elb.modifyListener({ ListenerArn, SslPolicy: 'none' })),
    /^SSLPolicyNotFound/,
  )
  assert.match(
    await refusal(all.elb.modifyListener({ ListenerArn, Protocol: 'HTTP', Port: 80 })),
    /^InvalidLoadBalancerAction.*HTTPS/,
    'users would sign in without TLS',
  )
  assert.equal(doorOf(all).listeners[0]?.protocol, 'HTTPS')
})

test('elbv2: target groups take addresses of private networks and this machine, for one balancer', async () => {
  const all = await rig()
  const { elb } = all
  const refusedGroups: readonly [name: string, wish: object, want: RegExp][] = [
    ['instances', { TargetType: 'instance' }, /^ValidationError: .*instance/],
    ['a function', { TargetType: 'lambda' }, /^ValidationError/],
    ['TCP', { Protocol: 'TCP' }, /^UnsupportedProtocol/],
    ['HTTP/2', { ProtocolVersion: 'HTTP2' }, /^ValidationError/],
    ['IPv6 alone', { IpAddressType: 'ipv6' }, /^ValidationError: .*IPv6/],
    ['a VPC that is not there', { VpcId: 'vpc-0' }, /^ValidationError/],
    [
      'a timeout as long as the interval',
      { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 },
      /^ValidationError/,
    ],
    ['a path without a slash', { HealthCheckPath: 'a' }, /^ValidationError/],
    ['codes beyond 499', { Matcher: { HttpCode: '200-599' } }, /^ValidationError/],
  ]
  for (const [name, wish, want] of refusedGroups)
    assert.match(await refusal(all.group('bad', wish)), want, name)
  assert.equal(refusedGroups.length, 9)
  const TargetGroupArn = await all.group('web', { Matcher: { HttpCode: '200,204-206' } })
  assert.match(await refusal(all.group('web', { Port: 81 })), /^DuplicateTargetGroupName/)
  const register = (Id: string) => elb.registerTargets({ TargetGroupArn, Targets: [{ Id }] })
  for (const address of [
    ...['8.8.8.8', '169.254.169.254', 'example.com', '0.0.0.0', 'fe80::1', '224.0.0.1'],
    ...['fd00:ec2::254', '100.100.100.200', '::ffff:169.254.169.254', '0xa9fea9fe'],
  ])
    assert.match(await refusal(register(address)), /^(?:InvalidTarget|ValidationError)/, address)
  await register('10.0.0.1')
  await register('::ffff:127.0.0.1')
  const health = async () =>
    (await elb.describeTargetHealth({ TargetGroupArn })).TargetHealthDescriptions?.map(
      ({ Target, TargetHealth }) => [Target?.Id, TargetHealth?.State],
    )
  assert.deepEqual(await health(), [
    ['10.0.0.1', 'unused'],
    ['127.0.0.1', 'unused'],
  ])
  const { arn } = await all.balancer()
  await all.listener(arn, TargetGroupArn)
  assert.deepEqual(await health(), [
    ['10.0.0.1', 'initial'],
    ['127.0.0.1', 'initial'],
  ])
  assert.match(await refusal(elb.deleteTargetGroup({ TargetGroupArn })), /^ResourceInUse/)
  const second = await all.balancer('second')
  assert.match(await refusal(all.listener(second.arn, TargetGroupArn)), /^TargetGroupAssociationLimit/)
  await elb.deregisterTargets({ TargetGroupArn, Targets: [{ Id: '10.0.0.1' }, { Id: '10.9.9.9' }] })
  assert.deepEqual((await health())?.[0], ['10.0.0.1', 'draining'], 'and one that is not there is no error')
  const [asked] =
    (await elb.describeTargetHealth({ TargetGroupArn, Targets: [{ Id: '::ffff:127.0.0.1' }] }))
      .TargetHealthDescriptions ?? []
  assert.deepEqual([asked?.Target?.Id, asked?.TargetHealth?.State], ['127.0.0.1', 'initial'])
  await elb.registerTargets({ TargetGroupArn, Targets: [{ Id: 'FD00:0::1' }] })
  await elb.deregisterTargets({ TargetGroupArn, Targets: [{ Id: 'FD00:0::1', Port: 80 }] })
  assert.deepEqual((await health())?.at(-1), ['fd00::1', 'draining'], 'however its address is written')
  const elsewhere = [{ Id: '10.0.0.9', AvailabilityZone: 'us-east-1a" or so' }]
  assert.match(await refusal(elb.registerTargets({ TargetGroupArn, Targets: elsewhere })), /^ValidationError/)
  const group = groupOf(all)
  assert.ok(group !== undefined && 'targets' in group)
  assert.deepEqual(
    group.targets.map(({ address, state }) => [address, state]),
    [
      ['10.0.0.1', 'draining'],
      ['127.0.0.1', 'initial'],
      ['fd00::1', 'draining'],
    ],
  )
})

test('elbv2: security groups are told to the edge, and are not deleted under a balancer', async () => {
  const all = await rig()
  const { ec2, elb } = all
  const { arn: LoadBalancerArn } = await all.balancer()
  const { GroupId = '' } = await ec2.createSecurityGroup({ GroupName: 'web', Description: 'web' })
  await ec2.authorizeSecurityGroupIngress({
    GroupId,
    IpProtocol: 'tcp',
    FromPort: 80,
    ToPort: 90,
    CidrIp: '198.51.100.0/24',
  })
  await elb.setSecurityGroups({ LoadBalancerArn, SecurityGroups: [GroupId] })
  assert.deepEqual(doorOf(all).ingress, [{ sources: ['198.51.100.0/24'], fromPort: 80, toPort: 90 }])
  assert.match(await refusal(ec2.deleteSecurityGroup({ GroupId })), /^DependencyViolation/)
  await elb.deleteLoadBalancer({ LoadBalancerArn })
  await ec2.deleteSecurityGroup({ GroupId })
})

test('elbv2: tags are set when a thing is made or later, and decide who may change it', async () => {
  const all = await rig()
  const { elb, subnets } = all
  const Tags = [{ Key: 'team', Value: 'blue' }]
  const { LoadBalancers } = await elb.createLoadBalancer({ Name: 'blue', Subnets: subnets, Tags })
  const blue = LoadBalancers?.[0]?.LoadBalancerArn ?? ''
  const { arn: red } = await all.balancer('red')
  const group = await all.group()
  await elb.addTags({ ResourceArns: [red, group], Tags: [{ Key: 'team', Value: 'red' }] })
  const { TagDescriptions } = await elb.describeTags({ ResourceArns: [blue, group] })
  assert.deepEqual(
    TagDescriptions?.map(({ Tags: tags }) => tags?.[0]?.Value),
    ['blue', 'red'],
  )
  const bob = await all.user(
    'bob',
    {
      Effect: 'Allow',
      Action: 'elasticloadbalancing:Delete*',
      Resource: '*',
      Condition: { StringEquals: { 'elasticloadbalancing:ResourceTag/team': 'blue' } },
    },
    { Effect: 'Allow', Action: 'elasticloadbalancing:CreateLoadBalancer', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'elasticloadbalancing:AddTags',
      Resource: '*',
      Condition: { StringEquals: { 'elasticloadbalancing:CreateAction': 'CreateTargetGroup' } },
    },
  )
  assert.match(await refusal(bob.deleteLoadBalancer({ LoadBalancerArn: red })), /^AccessDenied/)
  await bob.deleteLoadBalancer({ LoadBalancerArn: blue })
  assert.match(await refusal(bob.describeLoadBalancers({})), /^AccessDenied/)
  await bob.createLoadBalancer({ Name: 'plain', Subnets: subnets })
  assert.match(
    await refusal(bob.createLoadBalancer({ Name: 'tagged', Subnets: subnets, Tags })),
    /^AccessDenied.*AddTags/,
  )
  // Who may not see it does not learn whether it is there.
  const nobody = red.replace('/red/', '/none/')
  assert.match(await refusal(bob.setSubnets({ LoadBalancerArn: nobody, Subnets: subnets })), /^AccessDenied/)
  await elb.removeTags({ ResourceArns: [red], TagKeys: ['team'] })
  assert.deepEqual((await elb.describeTags({ ResourceArns: [red] })).TagDescriptions?.[0]?.Tags, [])
})

test('elbv2: attributes of groups and listeners reach the edge; those that would do nothing are refused', async () => {
  const all = await rig()
  const { elb } = all
  const { arn } = await all.balancer()
  const TargetGroupArn = await all.group()
  const ListenerArn = await all.listener(arn, TargetGroupArn)
  const set = (...pairs: readonly [string, string][]) =>
    elb.modifyTargetGroupAttributes({
      TargetGroupArn,
      Attributes: pairs.map(([Key, Value]) => ({ Key, Value })),
    })
  assert.match(
    await refusal(set(['stickiness.enabled', 'true'], ['stickiness.type', 'app_cookie'])),
    /^InvalidConfigurationRequest/,
  )
  assert.match(await refusal(set(['load_balancing.algorithm.anomaly_mitigation', 'on'])), /^ValidationError/)
  assert.match(await refusal(set(['slow_start.duration_seconds', '10'])), /^ValidationError/)
  await set(['stickiness.enabled', 'true'], ['stickiness.lb_cookie.duration_seconds', '60'])
  const group = groupOf(all)
  assert.deepEqual(group && 'stickiness' in group && group.stickiness, { type: 'lb_cookie', durationSec: 60 })
  await elb.modifyListenerAttributes({
    ListenerArn,
    Attributes: [
      { Key: 'routing.http.response.server.enabled', Value: 'false' },
      { Key: 'routing.http.response.x_frame_options.header_value', Value: 'DENY' },
    ],
  })
  const [listener] = doorOf(all).listeners
  assert.deepEqual(
    [listener?.serverHeader, listener?.responseHeaders],
    [false, [['X-Frame-Options', 'DENY']]],
  )
  assert.match(
    await refusal(
      elb.modifyListenerAttributes({
        ListenerArn,
        Attributes: [{ Key: 'routing.http.response.x_frame_options.header_value', Value: 'a\r\nb: c' }],
      }),
    ),
    /^ValidationError/,
  )
})

test('load balancers: the edge is told where one stands, and whether somebody wants to know of it', async () => {
  const made = await rig()
  await made.balancer()
  const subnetIds = made.subnets.slice(0, 2)
  const shown = () => {
    const { network, observed } = doorOf(made)
    return { network, observed }
  }
  assert.deepEqual(shown(), { network: { vpcId: made.vpcId, subnetIds }, observed: false })
  made.observed.add(made.subnets[2] ?? '')
  assert.equal(shown().observed, false)
  made.observed.add(made.subnets[1] ?? '')
  assert.equal(shown().observed, true)
})

test('elbv2: certificates are counted of all listeners of a balancer, without the default ones', async () => {
  const all = await rig()
  const { arn: LoadBalancerArn } = await all.balancer()
  const certificates: { readonly CertificateArn: string }[] = []
  for (let at = 0; at < 26; at += 1)
    certificates.push({ CertificateArn: await all.certificate(`c${at}.example`) })
  const listeners: string[] = []
  for (const Port of [443, 444]) {
    const { Listeners } = await all.elb.createListener({
      ...{ LoadBalancerArn, Protocol: 'HTTPS', Port, DefaultActions: [fixed] },
      Certificates: certificates.slice(0, 1),
    })
    listeners.push(Listeners?.[0]?.ListenerArn ?? '')
  }
  const [first = '', second = ''] = listeners
  const add = (ListenerArn: string, from: number, to: number) =>
    all.elb.addListenerCertificates({ ListenerArn, Certificates: certificates.slice(from, to) })
  await add(first, 0, 21)
  assert.match(await refusal(add(second, 20, 26)), /^TooManyCertificates/)
  await add(second, 21, 26)
})

test('elbv2: policies see subnets in whichever way they are named', async () => {
  const all = await rig()
  const [one = '', two = '', three = ''] = all.subnets
  const bob = await all.user(
    'bob',
    { Effect: 'Allow', Action: 'elasticloadbalancing:*', Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'elasticloadbalancing:*',
      Resource: '*',
      Condition: { 'ForAnyValue:StringEquals': { 'elasticloadbalancing:Subnet': three } },
    },
  )
  const mappings = (...ids: string[]) => ({ SubnetMappings: ids.map((SubnetId) => ({ SubnetId })) })
  assert.match(await refusal(bob.createLoadBalancer({ Name: 'a', Subnets: [one, three] })), /^AccessDenied/)
  assert.match(await refusal(bob.createLoadBalancer({ Name: 'a', ...mappings(one, three) })), /^AccessDenied/)
  const { LoadBalancers } = await bob.createLoadBalancer({ Name: 'a', ...mappings(one, two) })
  const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn
  assert.match(await refusal(bob.setSubnets({ LoadBalancerArn, ...mappings(two, three) })), /^AccessDenied/)
})
