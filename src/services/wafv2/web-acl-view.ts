import type { WebACL } from '#models/wafv2.d.ts'
import type { WebACLDocument } from './documents.ts'
import { restored } from './stored-rules.ts'
import { labelNamespace } from './world.ts'

/** A web ACL as answers show it, and as the engine reads it. */
export function webACLView(acl: WebACLDocument): WebACL {
  return {
    ...acl.settings,
    Name: acl.name,
    Id: acl.id,
    ARN: acl.arn,
    Description: acl.description,
    Rules: restored(acl.rules),
    VisibilityConfig: acl.visibility,
    Capacity: acl.capacity,
    CustomResponseBodies: acl.bodies,
    LabelNamespace: labelNamespace(acl),
    ManagedByFirewallManager: false,
    RetrofittedByFirewallManager: false,
  }
}
