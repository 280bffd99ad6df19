/**
 * KMS's quotas and fixed limits, one row each, at AWS's defaults.
 * Source: KMS Developer Guide, "Quotas"; API Reference of the operation that each is about.
 */
export const quotas = {
  keys: 100_000,
  aliasesPerKey: 50,
  grantsPerKey: 50_000,
  constraintPairs: 8,
  constraintCharacters: 384,
  tagsPerKey: 50,
  keyPolicyBytes: 32_768,
  customKeyStores: 10,
  onDemandRotations: 25,

  deletionWindowDaysMin: 7,
  deletionWindowDaysMax: 30,
  deletionWindowDaysDefault: 30,
  rotationPeriodDaysMin: 90,
  rotationPeriodDaysMax: 2560,
  rotationPeriodDaysDefault: 365,
  importTokenHours: 24,
  validToDaysMax: 365,
  /** An on-demand rotation keeps this distance from the next automatic one. */
  rotationConflictMinutes: 20,
} as const satisfies Record<string, number>
