import type { Missing } from '#core/resource.ts'
import type { LogGroup } from '#models/logs.d.ts'
import { onAll, onArn, onGroup } from './access.ts'
import { findGroup, findGroupByIdentifier, groupArn, nameOfIdentifier } from './arns.ts'
import { logs, type LogsCall } from './declare.ts'
import { type GroupDocument, within } from './documents.ts'
import { faults } from './faults.ts'
import { makeDataKey } from './keys.ts'
import { pageOfTable } from './paging.ts'
import { quotas } from './quotas.ts'
import { recordSourceAccess } from './record-source-access.ts'
import { withTags } from './tag-rules.ts'

/**
 * Makes a log group. Tags need TagResource, too. Faults: ResourceAlreadyExistsException; AccessDeniedException for a KMS key whose policy
 * does not let the service in; LimitExceededException.
 * Differs: STANDARD is the only class.
 */
export const CreateLogGroup = logs('CreateLogGroup', {
  target: ({ logGroupName }, call) => ({ arn: groupArn(call, logGroupName) }),
  access: (group, { tags }, call) => {
    const requestTags = tags === undefined ? {} : { requestTags: tags }
    return [
      onGroup(call, 'CreateLogGroup', group, requestTags),
      ...(tags === undefined ? [] : [onArn(call, 'TagResource', group, requestTags)]),
      ...recordSourceAccess(call, Object.keys(tags ?? {})),
    ]
  },
  prepare({ target: { arn }, input: { kmsKeyId, logGroupName }, call }) {
    if (call.groups.get(logGroupName)) throw faults.groupExists()
    if (kmsKeyId === undefined) return undefined
    const { account, region, randomBytes } = call
    return makeDataKey({ ...call.parts, randomBytes }, { arn, account, region }, kmsKeyId)
  },
  run({ target: { arn }, input, call, prepared: dataKey }) {
    const { logGroupName: name, logGroupClass = 'STANDARD', tags = {}, kmsKeyId } = input
    if (call.groups.get(name)) throw faults.groupExists()
    if (logGroupClass !== 'STANDARD') throw faults.invalid(`The log class ${logGroupClass} is not supported.`)
    if (!call.groups.hasRoom(quotas.groups)) throw faults.limit()
    call.groups.put(name, {
      id: call.randomBytes(12).toString('hex'),
      name,
      account: call.account,
      region: call.region,
      arn,
      createdAtMs: call.nowMs,
      logGroupClass,
      deletionProtected: input.deletionProtectionEnabled ?? false,
      tags: withTags({}, tags, name),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      dataKeys: dataKey ? [dataKey] : [],
    })
    return {}
  },
})

/** Deletes a group with its streams, filters and events; the events' bytes go with the next sweep. */
export const DeleteLogGroup = logs('DeleteLogGroup', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'DeleteLogGroup', group)],
  run({ target: group, call }) {
    if (group.deletionProtected) throw faults.protected(group.name)
    const prefix = within(group, '')
    for (const table of [call.streams, call.metricFilters, call.subscriptionFilters])
      for (const { id } of table.list({ prefix })) table.delete(id)
    call.groups.delete(group.name)
    return {}
  },
})

/** Lists groups by name; a pattern is found anywhere in it, without regard to case. */
export const DescribeLogGroups = logs('DescribeLogGroups', {
  access: () => onAll('DescribeLogGroups'),
  async prepare({ input, call }) {
    const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, limit } = input
    if (prefix !== undefined && pattern !== undefined)
      throw faults.invalid(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      )
    if (input.includeLinkedAccounts || input.accountIdentifiers)
      throw faults.invalid('Linked accounts are not supported.')
    const named = input.logGroupIdentifiers && new Set(input.logGroupIdentifiers.map(nameOfIdentifier))
    const wanted = pattern?.toLowerCase()
    const { items, ...more } = pageOfTable(call.groups, {
      ...{ nextToken: input.nextToken, limit, prefix },
      where: ({ name, logGroupClass }) =>
        (wanted === undefined || name.toLowerCase().includes(wanted)) &&
        (named === undefined || named.has(name)) &&
        (input.logGroupClass ?? logGroupClass) === logGroupClass,
    })
    const logGroups = await Promise.all(items.map((group) => shownGroup(call, group)))
    return { logGroups, ...more }
  },
  run: ({ prepared }) => prepared,
})

async function shownGroup(call: LogsCall, group: GroupDocument): Promise<LogGroup> {
  const { name, createdAtMs, retentionInDays, arn, kmsKeyId, logGroupClass, deletionProtected } = group
  let storedBytes = 0
  for (const { bytes } of (await call.parts.logs.summaries(group.id)).values()) storedBytes += bytes
  return {
    logGroupName: name,
    creationTime: createdAtMs,
    retentionInDays,
    metricFilterCount: call.metricFilters.list({ prefix: within(group, '') }).length,
    arn: `${arn}:*`,
    logGroupArn: arn,
    storedBytes,
    kmsKeyId,
    logGroupClass,
    deletionProtectionEnabled: deletionProtected,
  }
}

/** Source: CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays. */
const retentions: readonly number[] = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
]

/** Sets for how many days a group keeps its events: older ones are shown no more from then on, and are removed later. */
export const PutRetentionPolicy = logs('PutRetentionPolicy', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'PutRetentionPolicy', group)],
  run({ target: group, input: { retentionInDays }, call }) {
    if (!retentions.includes(retentionInDays))
      throw faults.invalid(
        `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentions.join(', ')}]`,
      )
    call.groups.put(group.name, { ...group, retentionInDays })
    return {}
  },
})

/** Lets a group keep its events for ever. */
export const DeleteRetentionPolicy = logs('DeleteRetentionPolicy', {
  target: ({ logGroupName }, call) => findGroup(call, logGroupName),
  access: (group, _, call) => [onGroup(call, 'DeleteRetentionPolicy', group)],
  run({ target: group, call }) {
    call.groups.put(group.name, { ...group, retentionInDays: undefined })
    return {}
  },
})

/** Keeps a group from being deleted, or no longer. */
export const PutLogGroupDeletionProtection = logs('PutLogGroupDeletionProtection', {
  target: ({ logGroupIdentifier }, call) => findGroupByIdentifier(call, logGroupIdentifier),
  access: (group, _, call) => [onGroup(call, 'PutLogGroupDeletionProtection', group)],
  run({ target: group, input: { deletionProtectionEnabled }, call }) {
    call.groups.put(group.name, { ...group, deletionProtected: deletionProtectionEnabled })
    return {}
  },
})

/** A group by either of the two members that name one. Faults: InvalidParameterException. */
export function findEither(
  call: LogsCall,
  input: { readonly logGroupName?: string | undefined; readonly resourceIdentifier?: string | undefined },
): GroupDocument | Missing {
  const { logGroupName, resourceIdentifier } = input
  if (logGroupName !== undefined && resourceIdentifier === undefined) return findGroup(call, logGroupName)
  if (logGroupName === undefined && resourceIdentifier !== undefined)
    return findGroupByIdentifier(call, resourceIdentifier)
  throw faults.invalid('Exactly one of logGroupName and resourceIdentifier must be given.')
}
