import type { Stage } from './stage.ts'

/** An attack, and what looks like it and is none. */
export interface Technique {
  readonly name: string
  /** Types of findings, one of which tells of it. */
  readonly types: readonly string[]
  readonly attack: (stage: Stage) => void
  /** What is alike, as a sentence. */
  readonly twin: string
  readonly nearMiss: (stage: Stage) => void
}

/** The type of anomalous behaviour of a tactic. */
export const anomalous = (tactic: string): string => `${tactic}:IAMUser/AnomalousBehavior`

/** Does something several times. */
export function times(count: number, act: (at: number) => void): void {
  for (let at = 0; at < count; at += 1) act(at)
}
