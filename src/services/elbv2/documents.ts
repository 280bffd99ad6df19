import type { AccountId, Arn } from '#core/arn.ts'
import type { Tags } from '#core/caller.ts'
import type { OidcAction, RuleAction, RuleCondition, RuleTransform } from '#core/front-door.ts'
import { collection } from '#core/store/index.ts'
import { sealedClientSecret } from './sealed.ts'

// What ELBv2 stores, in the account's region. The id of a document is what its ARN ends with after the first slash.

/** What everything with an ARN has. */
interface Entity {
  readonly arn: Arn
  readonly tags: Tags
  readonly createdAtMs: number
}

export interface LoadBalancerDocument extends Entity {
  readonly account: AccountId
  readonly region: string
  readonly name: string
  /** Sixteen hexadecimal digits. */
  readonly id: string
  readonly hostName: string
  readonly scheme: 'internet-facing' | 'internal'
  readonly ipAddressType: 'ipv4' | 'dualstack' | 'dualstack-without-public-ipv4'
  readonly vpcId: string
  readonly zones: readonly { readonly zone: string; readonly subnetId: string }[]
  readonly securityGroups: readonly string[]
  /** As they were set; those not set have their defaults. */
  readonly attributes: Readonly<Record<string, string>>
}

/** An action as it is stored: an OIDC client's secret is sealed. */
export type StoredAction =
  | Exclude<RuleAction, OidcAction>
  | (Omit<OidcAction, 'clientSecret'> & { readonly sealedClientSecret: string })

export interface ListenerDocument extends Entity {
  readonly id: string
  readonly loadBalancerArn: Arn
  readonly port: number
  readonly protocol: 'HTTP' | 'HTTPS'
  readonly sslPolicy?: string | undefined
  /** ARNs: the default one first. */
  readonly certificates: readonly Arn[]
  readonly attributes: Readonly<Record<string, string>>
}

export interface RuleDocument extends Entity {
  readonly id: string
  readonly loadBalancerArn: Arn
  readonly listenerArn: Arn
  readonly priority: number | 'default'
  readonly conditions: readonly RuleCondition[]
  readonly actions: readonly StoredAction[]
  readonly transforms: readonly RuleTransform[]
}

export interface HealthCheck {
  readonly enabled: true
  readonly protocol: 'HTTP' | 'HTTPS'
  /** A port, or that of the target. */
  readonly port: number | 'traffic-port'
  readonly path: string
  readonly intervalSec: number
  readonly timeoutSec: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
  /** `200`, `200-299`, `200,302`. */
  readonly matcher: string
}

export interface TargetGroupDocument extends Entity {
  readonly id: string
  readonly name: string
  readonly protocol: 'HTTP' | 'HTTPS'
  readonly port: number
  readonly vpcId: string
  readonly healthCheck: HealthCheck
  readonly attributes: Readonly<Record<string, string>>
}

/** A target that is registered, or has been and finishes what it has. */
export interface TargetDocument {
  readonly targetGroupArn: Arn
  readonly address: string
  readonly port: number
  readonly availabilityZone: string
  readonly registeredAtMs: number
  /** What the last checks came to; a check writes only where that changes. */
  readonly health: TargetHealth
  /** Since when it is draining; gone after the group's delay. */
  readonly drainingSinceMs?: number | undefined
}

export interface TargetHealth {
  readonly state: 'initial' | 'healthy' | 'unhealthy'
  readonly reason?:
    | 'Elb.RegistrationInProgress'
    | 'Elb.InitialHealthChecking'
    | 'Target.ResponseCodeMismatch'
    | 'Target.Timeout'
    | 'Target.FailedHealthChecks'
    | undefined
  readonly description?: string | undefined
  /** Milliseconds since 1970. */
  readonly sinceMs: number
}

/** The ARNs of the target groups that a rule forwards to. */
export function targetGroupsOf({ actions }: Pick<RuleDocument, 'actions'>): readonly Arn[] {
  return actions.flatMap((action) =>
    action.type === 'forward' ? action.targetGroups.map(({ arn }) => arn) : [],
  )
}

export const loadBalancers = collection<LoadBalancerDocument>({
  service: 'elbv2',
  type: 'load-balancer',
  indexes: {
    name: ({ name }) => name,
    securityGroup: { anywhere: ({ securityGroups }) => securityGroups },
    subnet: { anywhere: ({ zones }) => zones.map(({ subnetId }) => subnetId) },
    everywhere: { anywhere: () => 'all' },
  },
})

export const listeners = collection<ListenerDocument>({
  service: 'elbv2',
  type: 'listener',
  indexes: {
    loadBalancer: { anywhere: ({ loadBalancerArn }) => loadBalancerArn },
    certificate: { anywhere: ({ certificates }) => certificates },
  },
})

export const rules = collection<RuleDocument>({
  service: 'elbv2',
  type: 'rule',
  indexes: {
    listener: { anywhere: ({ listenerArn }) => listenerArn },
    loadBalancer: ({ loadBalancerArn }) => loadBalancerArn,
    targetGroup: { anywhere: targetGroupsOf },
  },
  reseal: (rule, id, move) => ({
    ...rule,
    actions: rule.actions.map((action) =>
      action.type === 'authenticate-oidc'
        ? { ...action, sealedClientSecret: sealedClientSecret.move(move, id, action.sealedClientSecret) }
        : action,
    ),
  }),
})

export const targetGroups = collection<TargetGroupDocument>({
  service: 'elbv2',
  type: 'target-group',
  indexes: { name: ({ name }) => name, everywhere: { anywhere: () => 'all' } },
})

export const targets = collection<TargetDocument>({
  service: 'elbv2',
  type: 'target',
  indexes: { targetGroup: { anywhere: ({ targetGroupArn }) => targetGroupArn } },
})
