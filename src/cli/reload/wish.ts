/** What an operator wants of a reload. */
export interface ReloadWish {
  /** How long functions that run may hold it up, and how long requests of the old edge may then take. Units: milliseconds. */
  readonly waitMs: number
}

/** A function may take so long. Source: Lambda Developer Guide, "Lambda quotas", function timeout. Units: milliseconds. */
export const reloadWaitMsMax = 900_000
