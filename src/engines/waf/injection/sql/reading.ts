import type { Token } from './tokens.ts'

/** Where an application put the text: bare, or between quotes that the text has just closed. */
export interface Place {
  /** The quote that was closed; empty when the text stands bare. */
  readonly quote: string
  /** Where reading starts: 0, or just after the closing quote. */
  readonly start: number
  readonly escapes: boolean
  /** A hash begins a comment. */
  readonly hashes: boolean
  /** Whether an operand has ended where reading starts (always so after a quote). */
  readonly afterOperand: boolean
}

/** What reading the text as the rest of a statement showed. Reading stops where it is no SQL any more. */
export interface Reading {
  /** Things that no value but only code says, each a reason by itself. */
  readonly reasons: ReadonlySet<Reason>
  /** The text was read to its end, or to a comment that hides what follows. */
  readonly complete: boolean
  /** What closes the statement that the text was put into. */
  readonly closing: 'comment' | 'quote' | 'none'
  /** What the closing comment says. */
  readonly comment: string
  /** The string that the text leaves open for the application's closing quote. */
  readonly open: string
  readonly first: Token | undefined
  readonly tokens: number
  /** The text ends where a comparison waits for its other side: the application's own value. */
  readonly dangling: boolean
}

/** What a reading found that a plain value does not say. */
export type Reason =
  | 'union'
  | 'subquery'
  | 'telling function'
  | 'common function'
  | 'stacked statement'
  | 'leading statement'
  | 'server variable'
  | 'constant condition'
  | 'condition'
  | 'logical operator'
  | 'logical sign'
  | 'concatenation'
  | 'comparison'
  | 'word comparison'
  | 'computation'
  | 'ordering'
  | 'clause'
  | 'catalogue'
  | 'hexadecimal'
  | 'cast'
  | 'source'
  | 'call'
  | 'hidden words'
  | 'closed parenthesis'
