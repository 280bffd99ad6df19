import { letLogsIn } from '#core/log-delivery.ts'
import { Fault } from '#core/fault.ts'
import type { Conditions } from '#core/operation.ts'
import type { LoggingConfiguration, LogScope } from '#models/wafv2.d.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import { type LoggingDocument, loggingConfigurations, type WebACLDocument } from './documents.ts'
import { findByArn, webACL } from './entities.ts'
import { faults } from './faults.ts'
import { checkLogging, groupOf, type NamedGroup } from './logging-rules.ts'
import { pageOfDocuments } from './paging.ts'
import { placeOf } from './places.ts'

/**
 * Sets where a web ACL's log goes, what it leaves out and what it blackens: in force for the next request.
 * A log group needs `logs:CreateLogDelivery`, and a resource policy that lets the delivery in: one is written where there is none.
 * Faults: WAFLogDestinationPermissionIssueException; WAFNonexistentItemException where the group is not there; WAFInvalidParameterException.
 * Source: AWS WAF Developer Guide, "Sending web ACL traffic logs to an Amazon CloudWatch Logs log group".
 * Differs: a bucket is a directory of that name, made when the first line is written; delivery streams are refused, and so is a log of a
 * second scope.
 */
export const PutLoggingConfiguration = wafv2('PutLoggingConfiguration', {
  target: (input, call) => findByArn(call, [webACL], input.LoggingConfiguration.ResourceArn),
  access: (acl, { LoggingConfiguration: given }) => [
    {
      action: 'wafv2:PutLoggingConfiguration',
      resource: acl,
      conditions: {
        ...scopeCondition(given),
        'wafv2:LogDestinationResource': given.LogDestinationConfigs,
      },
    },
    ...(given.LogDestinationConfigs.some(groupOf)
      ? [{ action: 'logs:CreateLogDelivery', resource: '*' } as const]
      : []),
  ],
  run({ target: acl, input: { LoggingConfiguration: given }, call }) {
    checkLogging(call, given)
    requireOnly(call, acl, given)
    const [group] = given.LogDestinationConfigs.flatMap((arn) => groupOf(arn) ?? [])
    if (group) openGroup(call, group)
    const configuration = {
      ...given,
      LogType: 'WAF_LOGS',
      LogScope: scopeOf(given),
      ManagedByFirewallManager: false,
    } as const
    call.tx.put(loggingConfigurations, acl.place, logId(acl, given), { configuration, webACLId: acl.id })
    return { LoggingConfiguration: configuration }
  },
})

/** Shows a web ACL's configuration; WAFNonexistentItemException where there is none. */
export const GetLoggingConfiguration = wafv2('GetLoggingConfiguration', {
  target: (input, call) => findByArn(call, [webACL], input.ResourceArn),
  access: (acl, input) => [
    { action: 'wafv2:GetLoggingConfiguration', resource: acl, conditions: scopeCondition(input) },
  ],
  run: ({ target, input, call }) => ({ LoggingConfiguration: stored(call, target, input).configuration }),
})

/** Deletes a web ACL's configuration; WAFNonexistentItemException where there is none. */
export const DeleteLoggingConfiguration = wafv2('DeleteLoggingConfiguration', {
  target: (input, call) => findByArn(call, [webACL], input.ResourceArn),
  access: (acl, input) => [
    { action: 'wafv2:DeleteLoggingConfiguration', resource: acl, conditions: scopeCondition(input) },
  ],
  run({ target: acl, input, call }) {
    stored(call, acl, input)
    call.tx.delete(loggingConfigurations, acl.place, logId(acl, input))
    return {}
  },
})

/** Lists the configurations of a scope. */
export const ListLoggingConfigurations = wafv2('ListLoggingConfigurations', {
  access: (_, input) => [
    { action: 'wafv2:ListLoggingConfigurations', resource: '*', conditions: scopeCondition(input) },
  ],
  run({ input, call }) {
    const { items, ...next } = pageOfDocuments(
      call,
      loggingConfigurations,
      placeOf(call, input.Scope),
      input,
      ({ configuration }) => configuration.LogScope === scopeOf(input),
    )
    return { LoggingConfigurations: items.map(({ document }) => document.configuration), ...next }
  },
})

/** Deletes all configurations of a web ACL that is deleted. */
export function deleteLogging({ tx }: Wafv2Call, acl: WebACLDocument): void {
  for (const { id } of tx.find(loggingConfigurations, acl.place, 'webACL', acl.id))
    tx.delete(loggingConfigurations, acl.place, id)
}

/** The name under which AWS WAF keeps its resource policy, as public issue trackers quote it. */
const policyName = 'AWSWAF-LOGS'

function openGroup(call: Wafv2Call, { arn }: NamedGroup): void {
  if (!call.parts.logGroups.exists(call.tx, arn)) throw faults.nonexistent()
  try {
    letLogsIn(call, arn, policyName)
  } catch (error) {
    if (error instanceof Fault) throw faults.logPermission()
    throw error
  }
}

/** The edge writes one log of a web ACL: a second would be kept, and one of the two not written. */
function requireOnly({ tx }: Wafv2Call, acl: WebACLDocument, given: Scoped): void {
  const others = tx.find(loggingConfigurations, acl.place, 'webACL', acl.id)
  const other = others.find(({ id }) => id !== logId(acl, given))?.document.configuration.LogScope
  if (other !== undefined)
    throw faults.invalid(
      'LOG_DESTINATION',
      scopeOf(given),
      `The web ACL has a log already, of scope ${other}.`,
    )
}

type Scoped = Pick<LoggingConfiguration, 'LogScope'>

/** Source: AWS WAFV2 API, LoggingConfiguration, LogScope: CUSTOMER unless told. */
function scopeOf({ LogScope = 'CUSTOMER' }: Scoped): LogScope {
  return LogScope
}

function scopeCondition(given: Scoped): Conditions {
  return { 'wafv2:LogScope': scopeOf(given) }
}

function logId({ id }: WebACLDocument, given: Scoped): string {
  return `${id} ${scopeOf(given)}`
}

function stored({ tx }: Wafv2Call, acl: WebACLDocument, given: Scoped): LoggingDocument {
  const found = tx.get(loggingConfigurations, acl.place, logId(acl, given))
  if (!found) throw faults.nonexistent()
  return found
}
