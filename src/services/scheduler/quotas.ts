/** Source: EventBridge Scheduler User Guide, "Quotas for Amazon EventBridge Scheduler", unless a line says otherwise. */
export const quotas = {
  scheduleGroups: 500,
  /** Our own: of an account and Region; AWS has a million. */
  schedules: 100_000,
  /** Our own: occurrences of an account and Region that are due and not done; a schedule waits while there are so many. */
  occurrences: 20_000,
  /** What a target is sent. Units: bytes. */
  inputBytes: 262_144,
  tags: 50,
  /** CreateSchedule refuses a StartDate that was longer ago. Units: milliseconds. */
  startsAgoMs: 300_000,
} as const
