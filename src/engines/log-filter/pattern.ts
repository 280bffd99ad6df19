/** A filter pattern that was compiled. */
export interface FilterPattern {
  readonly matches: (message: string) => boolean
  /** What the pattern names of a message that matches: `$.path` of JSON, `$name` of fields. */
  readonly extract: (message: string) => Readonly<Record<string, string>>
  /** Whether messages that match can have a value by such a name. */
  readonly names: (name: string) => boolean
  /** A value by such a name; undefined where the message has none. */
  readonly valueOf: (message: string, name: string) => string | undefined
  /** How many regular expressions are in it: AWS limits them. */
  readonly regularExpressions: number
}

/** A pattern that is none. */
export class BadPattern extends Error {}
