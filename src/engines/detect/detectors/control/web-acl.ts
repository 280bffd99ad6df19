import type { CloudTrailRecord } from '../../records.ts'
import { items, text, value } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const unlogged = 'DefenseEvasion:WAF/LoggingDisabled'
const removed = 'DefenseEvasion:WAF/ProtectionRemoved'
const weakened = 'DefenseEvasion:WAF/ProtectionWeakened'

/** A web ACL no longer tells what it lets through. Source: WAFV2 API Reference, DeleteLoggingConfiguration. */
export const webAclLogging = callDetector({
  name: 'web-acl-logging',
  events: ['wafv2:DeleteLoggingConfiguration', 'waf:DeleteLoggingConfiguration'],
  finds: {
    [unlogged]: {
      severity: 5,
      title: 'Logging of a web ACL was switched off.',
      description: '{userName} deleted the logging configuration of {resource}.',
      remediation: undo(
        'See what the web ACL is, and put its logging configuration back.',
        'aws wafv2 get-web-acl --arn {resource} --region {region}',
      ),
    },
  },
  see: (record) => ({ type: unlogged, ...resourceOf(record) }),
})

/** A door stands without its web ACL. Source: WAFV2 API Reference, DisassociateWebACL, DeleteWebACL. */
export const webAclRemoval = callDetector({
  name: 'web-acl-removal',
  events: ['wafv2:DisassociateWebACL', 'wafv2:DeleteWebACL'],
  finds: {
    [removed]: {
      severity: 6,
      title: 'A web ACL was taken away.',
      description: '{userName} called {api} on {resource}.',
      remediation: [
        {
          text: 'See which web ACLs there are, and associate one again.',
          command: 'aws wafv2 list-web-acls --scope REGIONAL --region {region}',
        },
        ...undo(
          'See whether the resource is protected.',
          'aws wafv2 get-web-acl-for-resource --resource-arn {resource} --region {region}',
        ),
      ],
    },
  },
  see: (record) => ({ type: removed, ...resourceOf(record) }),
})

/** A web ACL stands, but nothing is stopped any more: no rule is left, or all of them only count. */
export const webAclRules = callDetector({
  name: 'web-acl-rules',
  events: ['wafv2:UpdateWebACL'],
  finds: {
    [weakened]: {
      severity: 6,
      title: 'The web ACL {resource} stops nothing any more.',
      description: '{userName} updated the web ACL {resource}: it allows all requests.',
      remediation: undo(
        'See its rules, and put them back.',
        'aws wafv2 get-web-acl --name {resource} --scope {scope} --id {id} --region {region}',
      ),
    },
  },
  see(record) {
    const { requestParameters } = record
    if (value(requestParameters, 'defaultAction', 'allow') === undefined) return undefined
    if (items(requestParameters, 'rules').some(stops)) return undefined
    const { about, values } = resourceOf(record)
    const scope = text(requestParameters, 'scope') ?? 'REGIONAL'
    return { type: weakened, about, values: { ...values, scope, id: text(requestParameters, 'id') ?? '' } }
  },
})

function stops(rule: unknown): boolean {
  return (
    value(rule, 'action', 'count') === undefined &&
    value(rule, 'action', 'allow') === undefined &&
    value(rule, 'overrideAction', 'count') === undefined
  )
}

function resourceOf({ requestParameters }: CloudTrailRecord) {
  const resource = text(requestParameters, 'resourceArn') ?? text(requestParameters, 'name') ?? ''
  return { about: resource, values: { resource } }
}
