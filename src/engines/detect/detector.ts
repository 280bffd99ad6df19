import type { FindingFacts, Signal } from './signal.ts'
import type { Source, Sources } from './records.ts'
import type { Surroundings } from './surroundings.ts'

/** What a detector is told beside the record. */
export interface About<Memory, Peers = unknown> {
  /** The record's own time. */
  readonly atMs: number
  /** What it remembers of the record's entity: it changes it in place. */
  readonly memory: Memory
  /** What it remembers of all that belong together, where it asks for that. */
  readonly peers: Peers
  readonly surroundings: Surroundings
}

type Signals = Signal | readonly Signal[] | undefined

/**
 * One kind of threat: which records it looks at, what it remembers, what it finds. Its answer follows from the records alone: it has no clock
 * and no chance.
 */
export interface Detector<From extends Source = Source, Memory = unknown, Peers = unknown> {
  readonly name: string
  readonly source: From
  /** Of CloudTrail: the events it looks at, as `iam:CreateUser`; all of them where it is absent. */
  readonly events?: readonly string[] | undefined
  /** The types of findings it can give, with all there is to say about each. */
  readonly finds: Readonly<Record<string, FindingFacts>>
  /**
   * Whom it remembers something of: a principal, an instance, an address. What it remembers is plain JSON of bounded size; of the entities the
   * least recently seen are forgotten.
   */
  readonly remembers?:
    | {
        readonly entityOf: (record: Sources[From], surroundings: Surroundings) => string | undefined
        readonly fresh: () => Memory
        /** A second memory, of what the entity belongs to: its account. */
        readonly peers?:
          | {
              readonly entityOf: (record: Sources[From]) => string
              readonly fresh: () => Peers
            }
          | undefined
      }
    | undefined
  readonly see: (record: Sources[From], about: About<Memory, Peers>) => Signals
}

/** Looks at the signals of other detectors, as they come: what belongs together is an attack sequence. */
export interface SequenceDetector<Memory = unknown> {
  readonly name: string
  readonly source: 'signal'
  readonly finds: Readonly<Record<string, FindingFacts>>
  readonly remembers: {
    /** Each entity of a signal has a memory of its own. */
    readonly entitiesOf: (signal: Signal) => readonly string[]
    readonly fresh: () => Memory
  }
  readonly see: (signal: Signal, about: About<Memory> & { readonly entity: string }) => Signals
}

/** A detector of any source and memory, for lists of them. */
export type AnyDetector =
  { readonly [From in Source]: Detector<From, never, never> }[Source] | SequenceDetector<never>

/** Declares a detector: its memory's type follows from `fresh`. */
export function detector<From extends Source, Memory = undefined, Peers = undefined>(
  declared: Detector<From, Memory, Peers>,
): Detector<From, never, never> {
  return declared as unknown as Detector<From, never, never> // `see` is only ever given what `fresh` made.
}

/** Declares a detector of sequences. */
export function sequenceDetector<Memory>(declared: SequenceDetector<Memory>): SequenceDetector<never> {
  return declared as unknown as SequenceDetector<never> // As above.
}
