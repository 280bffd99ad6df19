import type { Action, Anomaly, Resource, Sequence, ThreatIntelligenceDetail } from '#models/guardduty.d.ts'

/** What a detector says of a record. Signals of one type about one resource are one finding. */
export interface Signal {
  /** The finding's type, as GuardDuty spells it. */
  readonly type: string
  readonly atMs: number
  /** Tells one finding of this type from another: what was attacked, and where it matters by whom. */
  readonly key: string
  readonly resource: Resource
  readonly action: Action
  readonly resourceRole: 'TARGET' | 'ACTOR'
  /** Where it is another one than its type's. */
  readonly severity?: number | undefined
  /** Fills the texts of its type: `{userName}` in a title, in a command. */
  readonly values: Readonly<Record<string, string>>
  readonly threats?: readonly ThreatIntelligenceDetail[] | undefined
  readonly anomaly?: Anomaly | undefined
  readonly sequence?: Sequence | undefined
  /** What else belongs into `Service.AdditionalInfo`: plain JSON. */
  readonly additionalInfo?: Readonly<Record<string, unknown>> | undefined
  /** Who did it and with what: principals, access keys, addresses, instances. What sequences are tied together by. */
  readonly entities: readonly string[]
  /** Too little for a finding of its own: it counts in sequences only. */
  readonly weak?: true | undefined
}

/** A step of a remedy. */
export interface RemediationStep {
  readonly text: string
  /** A command for the AWS CLI, with `{names}` of the signal's values; absent where none can help. */
  readonly command?: string | undefined
}

/** What is the same in all findings of a type. */
export interface FindingFacts {
  /** Source: GuardDuty User Guide, "GuardDuty finding types"; Redoubt's own types: docs/services/guardduty.md. */
  readonly severity: number
  /** Texts with `{names}` of the signal's values. */
  readonly title: string
  readonly description: string
  readonly remediation: readonly RemediationStep[]
}
