/** Source: GuardDuty User Guide, "Quotas for Amazon GuardDuty", and the API Reference's constraints. */
export const quotas = {
  detectors: 1,
  filters: 100,
  ipSets: 1,
  threatIntelSets: 6,
  threatEntitySets: 6,
  trustedEntitySets: 1,
  members: 5000,
  destinations: 1,
  tags: 50,
  /** Findings that one call names. */
  findingIds: 50,
  pageMax: 50,
  /** Our own: findings that are kept of a detector; the least recently updated ones go first. */
  findings: 50_000,
  /** Our own: findings that wait for their export. */
  exports: 20_000,
  /** Conditions of one list of criteria; values of one condition. */
  criteria: 50,
  conditionValues: 50,
} as const

/** How long a finding is kept after its last update. Units: milliseconds. Source: GuardDuty User Guide, "Exporting findings". */
export const findingsKeptMs = 90 * 24 * 3_600_000
