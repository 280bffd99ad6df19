import type { Arn } from '#core/arn.ts'
import type { EdgePart, GuardedWebACL, WebACLLogging } from '#core/front-door.ts'
import { deliveryArn, type LogDestinationOf } from '#core/log-delivery.ts'
import type { Reader } from '#core/store/index.ts'
import { type LoggingDocument, loggingConfigurations, type WebACLDocument } from './documents.ts'
import { ipSet, regexPatternSet, ruleGroup, webACL, type EntityKind } from './entities.ts'
import type { Entity } from './documents.ts'
import { bucketOf, groupOf } from './logging-rules.ts'
import { parseEntityArn } from './places.ts'
import { webACLView } from './web-acl-view.ts'
import { groupSource } from './world.ts'

/** Source: AWS WAF Developer Guide, "Considerations for managing body inspection": fixed for load balancers. */
const bodyBytesMax = 8_192

/** The web ACLs of these ARNs, and the IP sets that they refer to, as the edge is told of them. */
export function guardParts(reader: Reader, partition: string, webACLs: Iterable<Arn>): readonly EdgePart[] {
  const find = <D extends Entity>({ kind, collection }: EntityKind<D>, arn: string): D | undefined => {
    const named = parseEntityArn({ partition }, arn)
    return named?.kind === kind ? reader.get(collection, named.place, named.id) : undefined
  }
  const parts: EdgePart[] = []
  const sets = new Set<Arn>()
  for (const arn of webACLs) {
    const acl = find(webACL, arn)
    if (acl === undefined) continue
    const guarded = guardedWebACL(reader, acl, find)
    for (const set of guarded.addressSets) sets.add(set)
    parts.push({ kind: 'web-acl', id: arn, value: guarded })
  }
  for (const arn of sets) {
    const set = find(ipSet, arn)
    if (set !== undefined) parts.push({ kind: 'address-set', id: arn, value: set.addresses })
  }
  return parts
}

type Find = <D extends Entity>(kind: EntityKind<D>, arn: string) => D | undefined

function guardedWebACL(reader: Reader, acl: WebACLDocument, find: Find): GuardedWebACL {
  const ruleGroups: Record<string, unknown> = {}
  const regexPatternSets: Record<string, readonly string[]> = {}
  const addressSets: Arn[] = []
  const refer = (references: readonly string[]): void => {
    for (const arn of references) {
      const group = find(ruleGroup, arn)
      if (group !== undefined) {
        ruleGroups[arn] = groupSource(group)
        refer(group.references)
      }
      const patterns = find(regexPatternSet, arn)?.patterns
      if (patterns !== undefined) regexPatternSets[arn] = patterns
      const set = find(ipSet, arn)
      if (set !== undefined) addressSets.push(set.arn)
    }
  }
  refer(acl.references)
  const { account, region } = acl.place
  return {
    arn: acl.arn,
    account,
    region,
    name: acl.name,
    scope: 'REGIONAL',
    acl: webACLView(acl),
    ruleGroups,
    regexPatternSets,
    addressSets,
    bodyBytesMax,
    tokenDomains: acl.settings.TokenDomains ?? [],
    logging: loggingOf(reader, acl),
  }
}

function loggingOf(reader: Reader, acl: WebACLDocument): WebACLLogging | undefined {
  const [found] = reader.find(loggingConfigurations, acl.place, 'webACL', acl.id)
  return found && edgeLogging(found.document)
}

/** The log group of a web ACL, if its log goes to one. Source: AWS WAF Developer Guide, "Sending web ACL
 * traffic logs to an Amazon CloudWatch Logs log group", Log streams: the region, the web ACL's name, a number. */
export function wafLogDestination(partition: string): LogDestinationOf {
  return (reader, source) => {
    const named = parseEntityArn({ partition }, source)
    if (named?.kind !== 'webacl') return undefined
    const acl = reader.get(webACL.collection, named.place, named.id)
    const [found] = acl ? reader.find(loggingConfigurations, acl.place, 'webACL', acl.id) : []
    const [destination = ''] = found?.document.configuration.LogDestinationConfigs ?? []
    const group = groupOf(destination)
    if (!acl || !group) return undefined
    const { account, region } = acl.place
    return {
      account,
      region,
      logGroupName: group.name,
      logStreamName: `${region}_${acl.name}_0`,
      sourceArn: deliveryArn({ partition, account, region }, acl.id),
    }
  }
}

function edgeLogging({ configuration }: LoggingDocument): WebACLLogging | undefined {
  const { LogDestinationConfigs, RedactedFields = [], LoggingFilter } = configuration
  const [destination = ''] = LogDestinationConfigs
  const place = bucketOf(destination)
  if (place === undefined && groupOf(destination) === undefined) return undefined
  return {
    place,
    redact: {
      uriPath: RedactedFields.some(({ UriPath }) => UriPath !== undefined),
      queryString: RedactedFields.some(({ QueryString }) => QueryString !== undefined),
      method: RedactedFields.some(({ Method }) => Method !== undefined),
      headers: RedactedFields.flatMap(({ SingleHeader }) =>
        SingleHeader === undefined ? [] : [SingleHeader.Name.toLowerCase()],
      ),
    },
    filter: LoggingFilter && {
      defaultKeep: LoggingFilter.DefaultBehavior === 'KEEP',
      filters: LoggingFilter.Filters.map(({ Behavior, Requirement, Conditions }) => ({
        keep: Behavior === 'KEEP',
        meetsAll: Requirement === 'MEETS_ALL',
        conditions: Conditions.map(({ ActionCondition, LabelNameCondition }) =>
          ActionCondition === undefined
            ? { label: LabelNameCondition?.LabelName ?? '' }
            : { action: ActionCondition.Action },
        ),
      })),
    },
  }
}
