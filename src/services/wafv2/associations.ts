import { type Arn, parseArn } from '#core/arn.ts'
import { Missing } from '#core/resource.ts'
import type { Reader, Transaction } from '#core/store/index.ts'
import type { ResourceType } from '#models/wafv2.d.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import { type AssociationDocument, associations, type WebACLDocument } from './documents.ts'
import { findByArn, webACL } from './entities.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'
import { webACLView } from './web-acl-view.ts'

/**
 * Puts a web ACL before a load balancer, in the place of any other: in force for the next request.
 * Faults: WAFNonexistentItemException; WAFUnavailableEntityException for a load balancer that is not there; WAFInvalidParameterException
 * for what nothing here can be put before. Differs: of what AWS associates, there are application load balancers alone.
 */
export const AssociateWebACL = wafv2('AssociateWebACL', {
  target: ({ WebACLArn }, call) => findByArn(call, [webACL], WebACLArn),
  access: (acl, { ResourceArn }, call) => [
    { action: 'wafv2:AssociateWebACL', resource: acl },
    ...resourceAccess(call, 'wafv2:AssociateWebACL', ResourceArn),
    // Source: Service Authorization Reference, Elastic Load Balancing: the permission-only action that this needs.
    { action: 'elasticloadbalancing:SetWebAcl', resource: '*' },
  ],
  run({ target: acl, input, call }) {
    const resourceArn = resourceOf(call, input.ResourceArn)
    if (acl.place.account !== call.account || acl.place.region !== call.region)
      throw faults.invalid(
        'RESOURCE_ARN',
        input.WebACLArn,
        'The web ACL must be a regional one of this account and Region.',
      )
    const others = guarded(call, acl).filter((arn) => arn !== resourceArn)
    if (others.length >= quotas.associationsPerACL) throw faults.limit('ASSOCIATION')
    call.tx.put(associations, call, resourceArn, { webACLArn: acl.arn, resourceArn })
    return {}
  },
})

/** Takes the web ACL away from a load balancer; one that has none is no error. */
export const DisassociateWebACL = wafv2('DisassociateWebACL', {
  access: (_, { ResourceArn }, call) => [
    ...resourceAccess(call, 'wafv2:DisassociateWebACL', ResourceArn),
    { action: 'elasticloadbalancing:SetWebAcl', resource: '*' },
  ],
  run({ input, call }) {
    call.tx.delete(associations, call, resourceOf(call, input.ResourceArn))
    return {}
  },
})

/** Shows the web ACL of a load balancer; without one the answer is empty. */
export const GetWebACLForResource = wafv2('GetWebACLForResource', {
  access: (_, { ResourceArn }, call) => resourceAccess(call, 'wafv2:GetWebACLForResource', ResourceArn),
  run({ input, call }) {
    const found = call.tx.get(associations, call, resourceOf(call, input.ResourceArn))
    const acl = found && findByArn(call, [webACL], found.webACLArn)
    return acl === undefined || acl instanceof Missing ? {} : { WebACL: webACLView(acl) }
  },
})

/** Lists what a web ACL is before. */
export const ListResourcesForWebACL = wafv2('ListResourcesForWebACL', {
  target: ({ WebACLArn }, call) => findByArn(call, [webACL], WebACLArn),
  access: (acl) => [{ action: 'wafv2:ListResourcesForWebACL', resource: acl }],
  run({ target: acl, input: { ResourceType = loadBalancer }, call }) {
    return { ResourceArns: ResourceType === loadBalancer ? guarded(call, acl) : [] }
  },
})

const loadBalancer: ResourceType = 'APPLICATION_LOAD_BALANCER'

/** The ARNs of what a web ACL is before. */
export function guarded({ tx, parts }: Wafv2Call, { arn }: WebACLDocument): readonly Arn[] {
  return tx
    .findAnywhere(associations, 'webACL', arn)
    .map(({ document }) => document.resourceArn)
    .filter((resource) => parts.loadBalancerExists(tx, resource))
}

/** The web ACL that is before a load balancer. */
export function webACLOf(reader: Reader, loadBalancerArn: Arn): Arn | undefined {
  return associationOf(reader, loadBalancerArn)?.webACLArn
}

/** Forgets what was before a load balancer that is deleted. */
export function releaseLoadBalancer(tx: Transaction, loadBalancerArn: Arn): void {
  const place = placeOfResource(loadBalancerArn)
  if (place !== undefined) tx.delete(associations, place, loadBalancerArn)
}

function associationOf(reader: Reader, arn: Arn): AssociationDocument | undefined {
  const place = placeOfResource(arn)
  return place && reader.get(associations, place, arn)
}

function placeOfResource(arn: string): { readonly account: string; readonly region: string } | undefined {
  const parts = parseArn(arn)
  return parts && { account: parts.account, region: parts.region }
}

const loadBalancerForm = /^loadbalancer\/app\/[A-Za-z0-9-]+\/[0-9a-f]{16}$/

/** An ARN of a load balancer of the call's account and Region; access to anything else is nothing that could be granted. */
function resourceAccess(call: Wafv2Call, action: string, text: string) {
  return [{ action, resource: { arn: requireLoadBalancerArn(call, text) } }]
}

function requireLoadBalancerArn({ account, region, partition }: Wafv2Call, text: string): Arn {
  const parts = parseArn(text)
  if (
    parts?.service !== 'elasticloadbalancing' ||
    !loadBalancerForm.test(parts.resource) ||
    parts.partition !== partition ||
    parts.region !== region ||
    parts.account !== account
  )
    throw faults.invalid(
      'RESOURCE_ARN',
      text,
      'The ARN isn’t that of an application load balancer of this account and Region.',
    )
  return text as Arn // It has just been read as one.
}

/** The resource of a call, which must be there. Faults: WAFUnavailableEntityException. */
function resourceOf(call: Wafv2Call, text: string): Arn {
  const arn = requireLoadBalancerArn(call, text)
  if (!call.parts.loadBalancerExists(call.tx, arn)) throw faults.unavailable()
  return arn
}
