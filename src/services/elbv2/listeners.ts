import { type Arn, parseArn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { Certificate, Listener } from '#models/elbv2.d.ts'
import { actionsShown, readActions } from './actions.ts'
import { elbArn, newId } from './arns.ts'
import { creationAccess } from './creation.ts'
import { type Elbv2Call, elbv2, on, onAll } from './declare.ts'
import type { ListenerDocument, RuleDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findListener, findLoadBalancer, listenersOf, rulesOf } from './find.ts'
import { loadBalancerId } from './load-balancer-attributes.ts'
import { page } from './paging.ts'
import { quotas } from './quotas.ts'
import { defaultPolicy, policyOf } from './ssl-policies.ts'
import { withTags } from './tag-list.ts'

/**
 * Makes a listener; the edge listens at once. Faults: DuplicateListener; CertificateNotFound; UnsupportedProtocol; TooManyListeners;
 * SSLPolicyNotFound; those of actions. Differs: mutual TLS is refused.
 */
export const CreateListener = elbv2('CreateListener', {
  target: ({ LoadBalancerArn }, call) => findLoadBalancer(call, LoadBalancerArn),
  access: (target, { Tags, Protocol, SslPolicy }, call) =>
    creationAccess(
      'CreateListener',
      target,
      elbArn(call, 'listener', `${target.arn.slice(target.arn.indexOf('app/'))}/*`),
      Tags,
      {
        ...(Protocol && { 'elasticloadbalancing:ListenerProtocol': Protocol }),
        ...(SslPolicy && { 'elasticloadbalancing:SecurityPolicy': SslPolicy }),
      },
    ),
  run({ target: loadBalancer, input, call }) {
    const settings = readSettings(call, input)
    const others = listenersOf(call, loadBalancer.arn)
    if (others.some(({ port }) => port === settings.port)) throw faults.duplicateListener()
    if (others.length >= quotas.listenersPerLoadBalancer) throw faults.tooMany.listeners()
    const id = `${loadBalancerId(loadBalancer)}/${newId(call)}`
    const listener: ListenerDocument = {
      id,
      arn: elbArn(call, 'listener', id),
      loadBalancerArn: loadBalancer.arn,
      ...settings,
      attributes: {},
      tags: withTags({}, input.Tags),
      createdAtMs: call.nowMs,
    }
    call.listeners.put(id, listener)
    putDefaultRule(call, listener, input.DefaultActions)
    return { Listeners: [shown(call, listener)] }
  },
})

/** Shows the listeners of a load balancer, or those that are named. */
export const DescribeListeners = elbv2('DescribeListeners', {
  access: () => onAll('DescribeListeners'),
  run({ input, call }) {
    const { items, ...next } = page(chosen(call, input), ({ arn }) => arn, input)
    return { Listeners: items.map((listener) => shown(call, listener)), ...next }
  },
})

/** Changes what is named; connections that are there go on. Faults: those of CreateListener. */
export const ModifyListener = elbv2('ModifyListener', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: (target, { Protocol, SslPolicy }) => [
    on('ModifyListener', target, {
      ...(Protocol && { 'elasticloadbalancing:ListenerProtocol': Protocol }),
      ...(SslPolicy && { 'elasticloadbalancing:SecurityPolicy': SslPolicy }),
    }),
  ],
  run({ target, input, call }) {
    const Protocol = input.Protocol ?? target.protocol
    const settings = readSettings(call, {
      Port: input.Port ?? target.port,
      Protocol,
      SslPolicy: input.SslPolicy ?? (Protocol === 'HTTPS' ? target.sslPolicy : undefined),
      Certificates:
        input.Certificates ??
        (Protocol === 'HTTPS'
          ? target.certificates.slice(0, 1).map((CertificateArn) => ({ CertificateArn }))
          : undefined),
      AlpnPolicy: input.AlpnPolicy,
      MutualAuthentication: input.MutualAuthentication,
    })
    const others = listenersOf(call, target.loadBalancerArn).filter(({ id }) => id !== target.id)
    if (others.some(({ port }) => port === settings.port)) throw faults.duplicateListener()
    // The default certificate is replaced; the others stay.
    const further = settings.protocol === 'HTTPS' ? target.certificates.slice(1) : []
    const certificates = [...new Set([...settings.certificates, ...further])]
    const after = { ...target, ...settings, certificates }
    call.listeners.put(target.id, after)
    if (input.DefaultActions !== undefined) putDefaultRule(call, after, input.DefaultActions)
    if (settings.protocol !== 'HTTPS' && rulesOf(call, target.arn).some(authenticates))
      throw faults.authenticationNeedsTls()
    return { Listeners: [shown(call, after)] }
  },
})

function authenticates({ actions }: RuleDocument): boolean {
  return actions.some(({ type }) => type === 'authenticate-oidc')
}

/** Deletes a listener with its rules. */
export const DeleteListener = elbv2('DeleteListener', {
  target: ({ ListenerArn }, call) => findListener(call, ListenerArn),
  access: (target) => [on('DeleteListener', target)],
  run({ target, call }) {
    for (const rule of rulesOf(call, target.arn)) call.rules.delete(rule.id)
    call.listeners.delete(target.id)
    return {}
  },
})

type Settings = Pick<ListenerDocument, 'port' | 'protocol' | 'sslPolicy' | 'certificates'>

interface GivenSettings {
  readonly Port?: number | undefined
  readonly Protocol?: string | undefined
  readonly SslPolicy?: string | undefined
  readonly Certificates?: readonly Certificate[] | undefined
  readonly AlpnPolicy?: readonly string[] | undefined
  readonly MutualAuthentication?: { readonly Mode?: string | undefined } | undefined
}

function readSettings(call: Elbv2Call, given: GivenSettings): Settings {
  const {
    Port: port,
    Protocol: protocol,
    SslPolicy,
    Certificates = [],
    AlpnPolicy,
    MutualAuthentication,
  } = given
  if (protocol === undefined) throw faults.validation('A listener protocol must be specified')
  if (port === undefined) throw faults.validation('A listener port must be specified')
  if (protocol !== 'HTTP' && protocol !== 'HTTPS')
    throw faults.unsupportedProtocol(protocol, 'application load balancers')
  if (AlpnPolicy !== undefined && AlpnPolicy.length > 0)
    throw faults.validation('ALPN policies are for network load balancers')
  if (MutualAuthentication?.Mode !== undefined && MutualAuthentication.Mode !== 'off')
    throw faults.validation(`Mutual authentication '${MutualAuthentication.Mode}' is not supported`)
  if (protocol === 'HTTP') {
    if (Certificates.length > 0) throw faults.validation('Certificates are for HTTPS listeners')
    if (SslPolicy !== undefined) throw faults.validation('SSL policies are for HTTPS listeners')
    return { port, protocol, sslPolicy: undefined, certificates: [] }
  }
  const [certificate, second] = Certificates
  if (certificate?.CertificateArn === undefined)
    throw faults.validation('A certificate must be specified for HTTPS listeners')
  if (second !== undefined)
    throw faults.validation('Only one certificate can be specified; add others with AddListenerCertificates')
  return {
    port,
    protocol,
    sslPolicy: policyOf(SslPolicy ?? defaultPolicy).name,
    certificates: [requireCertificate(call, certificate.CertificateArn)],
  }
}

/** A certificate that is there, of this account, and of this Region or (IAM's) of none. Faults: CertificateNotFound. */
export function requireCertificate(call: Elbv2Call, arn: string): Arn {
  const { account, region } = parseArn(arn) ?? {}
  const ours = account === call.account && (region === call.region || region === '')
  if (!ours || call.parts.certificates.find(call.tx, arn) === undefined) throw faults.certificateNotFound(arn)
  return arn as Arn // The service that keeps it knows it by this.
}

function putDefaultRule(
  call: Elbv2Call,
  listener: ListenerDocument,
  given: Parameters<typeof readActions>[1],
): void {
  const before = rulesOf(call, listener.arn).find(({ priority }) => priority === 'default')
  const id = before?.id ?? `${listener.id}/${newId(call)}`
  const rule: RuleDocument = {
    id,
    arn: elbArn(call, 'listener-rule', id),
    loadBalancerArn: listener.loadBalancerArn,
    listenerArn: listener.arn,
    priority: 'default',
    conditions: [],
    actions: readActions(call, given, { ruleId: id, listener, before: before?.actions }),
    transforms: [],
    tags: before?.tags ?? {},
    createdAtMs: before?.createdAtMs ?? call.nowMs,
  }
  call.rules.put(id, rule)
}

function chosen(
  call: Elbv2Call,
  {
    ListenerArns,
    LoadBalancerArn,
  }: { ListenerArns?: readonly string[] | undefined; LoadBalancerArn?: string | undefined },
): readonly ListenerDocument[] {
  if (ListenerArns !== undefined)
    return ListenerArns.map((arn) => {
      const listener = findListener(call, arn)
      if (listener instanceof Missing) throw listener.fault
      return listener
    })
  if (LoadBalancerArn === undefined)
    throw faults.validation('A load balancer ARN or listener ARNs must be specified')
  const loadBalancer = findLoadBalancer(call, LoadBalancerArn)
  if (loadBalancer instanceof Missing) throw loadBalancer.fault
  return listenersOf(call, loadBalancer.arn)
}

function shown(call: Elbv2Call, listener: ListenerDocument): Listener {
  const { arn, loadBalancerArn, port, protocol, sslPolicy, certificates } = listener
  const rule = rulesOf(call, arn).find(({ priority }) => priority === 'default')
  return {
    ListenerArn: arn,
    LoadBalancerArn: loadBalancerArn,
    Port: port,
    Protocol: protocol,
    DefaultActions: actionsShown(rule?.actions ?? []),
    ...(protocol === 'HTTPS' && {
      SslPolicy: sslPolicy,
      Certificates: certificates.slice(0, 1).map((CertificateArn) => ({ CertificateArn })),
      MutualAuthentication: { Mode: 'off' },
    }),
  }
}
