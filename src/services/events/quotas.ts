/** Source: EventBridge User Guide, "Amazon EventBridge quotas", unless a line says otherwise. */
export const quotas = {
  eventBuses: 100,
  rulesPerBus: 300,
  targetsPerRule: 5,
  connections: 3_000,
  apiDestinations: 3_000,
  archives: 100,
  replaysUnderWay: 10,
  tags: 50,
  busPolicyBytes: 10_240,
  /** Event pattern size. */
  patternChars: 2_048,
  /** PutEvents: one entry, and all of them. Units: bytes. */
  entryBytes: 262_144,
  /** Our own: deliveries of an account and Region that are waiting; what is more is refused, not kept in memory. */
  deliveries: 100_000,
} as const
