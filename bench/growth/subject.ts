/** Something that there can be more of, and an operation that is done among them. */
export interface Subject {
  /** What grows: `users of an account`. */
  readonly what: string
  /** What is measured: `GetUser`. */
  readonly operation: string
  /** How many there are: the fewest, ten times and a hundred times as many. */
  readonly counts: readonly [number, number, number]
  /** Makes a world of its own with so many. */
  readonly make: (count: number) => Grown | Promise<Grown>
}

/** A world with so many of something. */
export interface Grown {
  /** Does the operation once; a promise where it writes. */
  readonly run: () => unknown
  /** Keeps alive what is weighed, and ends it. */
  readonly end?: () => void | Promise<void>
}
