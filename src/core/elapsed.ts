// A clock may be set back while the server runs: nothing that goes on by itself then waits for as long as that.

/** Whether so much time is over since a moment; one that is still to come means that the clock was set back. Units: milliseconds. */
export function isOver(sinceMs: number, nowMs: number, forMs: number): boolean {
  return nowMs < sinceMs || nowMs - sinceMs >= forMs
}

/** Whether something is due that never waits longer than `waitMsMax`; a later time means that the clock was set back. Units: milliseconds. */
export function isDue(dueAtMs: number, nowMs: number, waitMsMax: number): boolean {
  return dueAtMs <= nowMs || dueAtMs > nowMs + waitMsMax
}
