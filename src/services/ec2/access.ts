import { type Arn, arn } from '#core/arn.ts'
import type { Call } from '#core/call.ts'
import type { Access, Conditions } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { TagSpecification } from '#models/ec2.d.ts'
import type { FlowLog, Kind, Rule, SecurityGroup, Subnet, Vpc } from './documents.ts'
import { requestTags, specified } from './tag-list.ts'

interface Documents {
  readonly vpc: Vpc
  readonly subnet: Subnet
  readonly 'security-group': SecurityGroup
  readonly 'security-group-rule': Rule
  readonly 'vpc-flow-log': FlowLog
}

type Place = Pick<Call, 'partition' | 'region' | 'account'>

export function ec2Arn({ partition, region, account }: Place, kind: Kind, id: string): Arn {
  return arn({ partition, service: 'ec2', region, account, resource: `${kind}/${id}` })
}

/** What a list needs: it is authorized on nothing in particular. */
export function listing({ region }: Place, action: string): readonly Access[] {
  return [{ action, resource: '*', conditions: { 'ec2:Region': region } }]
}

/** What each kind of thing tells policies of itself. Source: Service Authorization Reference, "Amazon EC2", resource types. */
const tells: { readonly [K in Kind]: (call: Place, document: Documents[K]) => Conditions } = {
  vpc: (_, { vpcId, tenancy }) => ({ 'ec2:VpcID': vpcId, 'ec2:Tenancy': tenancy }),
  subnet: (call, { subnetId, vpcId, zoneName, zoneId }) => ({
    'ec2:SubnetID': subnetId,
    'ec2:Vpc': ec2Arn(call, 'vpc', vpcId),
    'ec2:AvailabilityZone': zoneName,
    'ec2:AvailabilityZoneId': zoneId,
  }),
  'security-group': (call, { groupId, vpcId }) => ({
    'ec2:SecurityGroupID': groupId,
    'ec2:Vpc': ec2Arn(call, 'vpc', vpcId),
  }),
  'security-group-rule': () => ({}),
  'vpc-flow-log': () => ({}),
}

const idOf: { readonly [K in Kind]: (document: Documents[K]) => string } = {
  vpc: ({ vpcId }) => vpcId,
  subnet: ({ subnetId }) => subnetId,
  'security-group': ({ groupId }) => groupId,
  'security-group-rule': ({ ruleId }) => ruleId,
  'vpc-flow-log': ({ flowLogId }) => flowLogId,
}

/** An action on a thing that is there, or on the ARN of one that is not. */
export function on<K extends Kind>(
  call: Place,
  action: string,
  kind: K,
  document: Documents[K] | Missing,
  more: Omit<Access, 'action' | 'resource'> = {},
): Access {
  const here = { 'ec2:Region': call.region, ...more.conditions }
  if (document instanceof Missing) return { ...more, action, resource: document, conditions: here }
  const resource = { arn: ec2Arn(call, kind, idOf[kind](document)), tags: document.tags }
  return { ...more, action, resource, conditions: { ...here, ...tells[kind](call, document) } }
}

/**
 * Making a thing, whose id is not known yet, and tagging it where the call brings tags.
 * Source: EC2 User Guide, "Grant permission to tag resources during creation".
 */
export function creation(
  call: Place & Pick<Call, 'operation'>,
  kind: Kind,
  specifications: readonly TagSpecification[] | undefined,
  conditions: Conditions = {},
): readonly Access[] {
  const list = specified(specifications)
  const made: Access = {
    action: `ec2:${call.operation}`,
    resource: { arn: ec2Arn(call, kind, '*') },
    requestTags: requestTags(list),
    conditions: { 'ec2:Region': call.region, ...conditions },
  }
  if (list.length === 0) return [made]
  const tagging = { 'ec2:Region': call.region, 'ec2:CreateAction': call.operation }
  return [made, { ...made, action: 'ec2:CreateTags', conditions: tagging }]
}
