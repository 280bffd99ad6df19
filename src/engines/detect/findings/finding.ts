import type { Finding } from '#models/guardduty.d.ts'
import type { FindingFacts, Signal } from '../signal.ts'
import { sentence } from './texts.ts'

/** Whose finding it is. */
export interface FindingHome {
  readonly partition: string
  readonly account: string
  readonly region: string
  readonly detectorId: string
  /** 32 hexadecimal digits. */
  readonly findingId: string
}

/**
 * The finding of a signal: a new one, or what is known already with this signal in it: counted, with the last time and the newest action. An
 * archived finding stays so.
 * Source: GuardDuty User Guide, "Finding details", "GuardDuty finding aggregation"; API Reference, Finding, schema 2.0.
 */
export function findingOf(signal: Signal, facts: FindingFacts, home: FindingHome, known?: Finding): Finding {
  const { partition, account, region, detectorId, findingId } = home
  const seenAt = new Date(signal.atMs).toISOString()
  const first = known?.Service?.EventFirstSeen
  const last = known?.Service?.EventLastSeen
  return {
    SchemaVersion: '2.0',
    AccountId: account,
    Region: region,
    Partition: partition,
    Id: findingId,
    Arn: `arn:${partition}:guardduty:${region}:${account}:detector/${detectorId}/finding/${findingId}`,
    Type: signal.type,
    Resource: signal.resource,
    Service: {
      ServiceName: 'guardduty',
      DetectorId: detectorId,
      Action: signal.action,
      ResourceRole: signal.resourceRole,
      AdditionalInfo: { Type: 'default', Value: JSON.stringify(signal.additionalInfo ?? {}) },
      ...(signal.threats && { Evidence: { ThreatIntelligenceDetails: signal.threats } }),
      ...((signal.anomaly ?? signal.sequence) && {
        Detection: {
          ...(signal.anomaly && { Anomaly: signal.anomaly }),
          ...(signal.sequence && { Sequence: signal.sequence }),
        },
      }),
      EventFirstSeen: first !== undefined && first < seenAt ? first : seenAt,
      EventLastSeen: last !== undefined && last > seenAt ? last : seenAt,
      Archived: known?.Service?.Archived ?? false,
      Count: (known?.Service?.Count ?? 0) + 1,
      ...(known?.Service?.UserFeedback && { UserFeedback: known.Service.UserFeedback }),
    },
    Severity: Math.max(signal.severity ?? facts.severity, known?.Severity ?? 0),
    Title: sentence(facts.title, signal.values),
    Description: sentence(facts.description, signal.values),
    CreatedAt: known?.CreatedAt ?? seenAt,
    UpdatedAt: last !== undefined && last > seenAt ? last : seenAt,
  }
}
