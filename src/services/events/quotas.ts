/** Source: EventBridge User Guide, "Amazon EventBridge quotas", unless a line says otherwise. */
export const quotas = {
  eventBuses: 100,
  rulesPerBus: 300,
  targetsPerRule: 5,
  connections: 3_000,
  apiDestinations: 3_000,
  /** Invocations of an API destination a second, unless it says less. */
  invocationsPerSecond: 300,
  tags: 50,
  busPolicyBytes: 10_240,
  /** PutEvents: all entries together. Units: bytes. */
  entriesBytes: 262_144,
  /** Our own: deliveries of an account and Region that are waiting; what is more is refused, not kept in memory. */
  deliveries: 100_000,
  /** Our own: archives of an account and Region. */
  archives: 100,
  /** Source: EventBridge User Guide, "Replaying archived events": at a time, in an account and Region. */
  activeReplays: 10,
  /** Our own: replays of an account and Region that are remembered. */
  replays: 1_000,
  /** Source: as above; then a replay is forgotten. */
  replayDays: 90,
  /** Our own: events of an account and Region on their way into an archive's file; what is more is refused. */
  arrivals: 100_000,
  /** Our own: buses that hand an event on, one after the other; then it is given up, so that no ring of rules runs for ever. */
  hops: 5,
} as const
