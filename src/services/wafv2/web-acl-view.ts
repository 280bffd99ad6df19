import type { WebACL } from '#models/wafv2.d.ts'
import type { WebACLDocument, WebACLSettings } from './documents.ts'
import { restored } from './stored-rules.ts'
import { labelNamespace } from './world.ts'

/** A web ACL as answers show it, and as the engine reads it. */
export function webACLView(acl: WebACLDocument): WebACL {
  // Web ACLs of earlier versions may hold it; nothing enforces it, so it is not shown.
  const {
    OnSourceDDoSProtectionConfig: _,
    ...settings
  }: WebACLSettings & Pick<WebACL, 'OnSourceDDoSProtectionConfig'> = acl.settings
  return {
    ...settings,
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
