import type { FindingStatistics, GetFindingsStatisticsRequest, GroupByType } from '#models/guardduty.d.ts'
import { guardduty, onAll } from '../declare.ts'
import type { WireFinding } from '../documents.ts'
import { faults } from '../faults.ts'
import { findDetector } from '../find.ts'
import { findingsThat } from './find-findings.ts'

/** Groups of one answer. Source: GuardDuty API Reference, GetFindingsStatistics, maxResults. */
const groupsDefault = 25

/**
 * Counts findings that criteria mean, by severity or grouped. Faults: BadRequestException where nothing is asked for, or both ways at once.
 * Source: GuardDuty API Reference, GetFindingsStatistics.
 */
export const GetFindingsStatistics = guardduty('GetFindingsStatistics', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('GetFindingsStatistics'),
  run({ target: detector, input, call }) {
    const { FindingStatisticTypes = [], GroupBy, FindingCriteria } = input
    if ((FindingStatisticTypes.length === 0) === (GroupBy === undefined))
      throw faults.badParameter('findingStatisticTypes')
    const found = findingsThat(call, detector, FindingCriteria).map(({ document }) => document.finding)
    return {
      FindingStatistics: GroupBy ? grouped(found, GroupBy, input) : { CountBySeverity: bySeverity(found) },
    }
  },
})

function bySeverity(found: readonly WireFinding[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(found, severityOf)
  return Object.fromEntries([...groups].map(([severity, { length }]) => [severity.toFixed(1), length]))
}

/** What a group of findings has in common, and how many they are. */
interface Group {
  readonly first: WireFinding
  readonly LastGeneratedAt: Date
  readonly TotalFindings: number
}

function grouped(
  found: readonly WireFinding[],
  by: GroupByType,
  { OrderBy = 'DESC', MaxResults = groupsDefault }: GetFindingsStatisticsRequest,
): FindingStatistics {
  const groups = (keyOf: (finding: WireFinding) => string): readonly Group[] => {
    const sign = OrderBy === 'ASC' ? 1 : -1
    return [...Map.groupBy(found, keyOf).values()]
      .flatMap((all) => (all[0] ? [groupOf(all, all[0])] : []))
      .sort((one, other) => sign * (one.TotalFindings - other.TotalFindings))
      .slice(0, MaxResults)
  }
  switch (by) {
    case 'ACCOUNT':
      return {
        GroupedByAccount: groups(accountOf).map((one) => ({
          ...counts(one),
          AccountId: accountOf(one.first),
        })),
      }
    case 'DATE':
      return {
        GroupedByDate: groups((one) => `${dayOf(one)} ${severityOf(one)}`).map((one) => ({
          ...counts(one),
          Date: new Date(dayOf(one.first)),
          Severity: severityOf(one.first),
        })),
      }
    case 'FINDING_TYPE':
      return {
        GroupedByFindingType: groups(typeOf).map((one) => ({
          ...counts(one),
          FindingType: typeOf(one.first),
        })),
      }
    case 'RESOURCE':
      return {
        GroupedByResource: groups((one) => JSON.stringify([accountOf(one), resourceOf(one)])).map((one) => ({
          ...counts(one),
          AccountId: accountOf(one.first),
          ...resourceOf(one.first),
        })),
      }
    case 'SEVERITY':
      return {
        GroupedBySeverity: groups((one) => String(severityOf(one))).map((one) => ({
          ...counts(one),
          Severity: severityOf(one.first),
        })),
      }
  }
}

function groupOf(all: readonly WireFinding[], first: WireFinding): Group {
  const last = Math.max(...all.map(updatedMs))
  return { first, LastGeneratedAt: new Date(last), TotalFindings: all.length }
}

function counts({ LastGeneratedAt, TotalFindings }: Group) {
  return { LastGeneratedAt, TotalFindings }
}

function updatedMs(finding: WireFinding): number {
  return Date.parse(String(finding['updatedAt']))
}

function dayOf(finding: WireFinding): string {
  return String(finding['updatedAt']).slice(0, 10)
}

function severityOf(finding: WireFinding): number {
  return Number(finding['severity'])
}

function accountOf(finding: WireFinding): string {
  return String(finding['accountId'])
}

function typeOf(finding: WireFinding): string {
  return String(finding['type'])
}

interface WireResource {
  readonly resourceType?: string
  readonly accessKeyDetails?: {
    readonly accessKeyId?: string
    readonly principalId?: string
    readonly userName?: string
  }
  readonly instanceDetails?: { readonly instanceId?: string }
  readonly s3BucketDetails?: readonly { readonly arn?: string; readonly name?: string }[]
  readonly lambdaDetails?: { readonly functionArn?: string }
}

/** A resource as statistics name it. */
function resourceOf(finding: WireFinding): { readonly ResourceType: string; readonly ResourceId: string } {
  const resource = finding['resource'] as WireResource // Of the schema.
  const { accessKeyDetails: key, instanceDetails, s3BucketDetails, lambdaDetails } = resource
  const id =
    s3BucketDetails?.[0]?.arn ??
    s3BucketDetails?.[0]?.name ??
    instanceDetails?.instanceId ??
    lambdaDetails?.functionArn ??
    key?.accessKeyId ??
    key?.principalId ??
    key?.userName
  return { ResourceType: resource.resourceType ?? '', ResourceId: id ?? '' }
}
