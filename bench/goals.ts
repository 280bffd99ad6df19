import { table } from './table.ts'

/** One goal beside what was measured. */
export interface Goal {
  readonly what: string
  readonly atMost?: number
  readonly atLeast?: number
  /** Undefined: not measured in this run. */
  readonly measured: number | undefined
  /** Follows the figures: ` µs`, ` ×`, ` a second`. */
  readonly unit: string
}

/** A goal as a table of goals shows it. */
export interface ShownGoal {
  readonly what: string
  readonly wanted: string
  readonly measured: string
  readonly verdict: string
}

const heads = ['goal', 'wanted', 'measured', '']

/** A table of goals: what is wanted, what was measured, and whether that meets it. */
export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, atMost, atLeast, measured, unit }) => {
    const wanted =
      atMost === undefined ? `at least ${shown(atLeast ?? 0)}${unit}` : `at most ${shown(atMost)}${unit}`
    if (measured === undefined || Number.isNaN(measured)) return [what, wanted, '–', 'not measured']
    const met = (atMost === undefined || measured <= atMost) && (atLeast === undefined || measured >= atLeast)
    return [what, wanted, `${shown(measured)}${unit}`, met ? 'met' : 'missed']
  })
  return table(heads, rows)
}

/** The goals of all such tables in a text: what readers see is what the summary is made of. */
export function readGoals(text: string): readonly ShownGoal[] {
  const goals: ShownGoal[] = []
  let within = false
  for (const line of text.split('\n')) {
    const [what = '', wanted = '', measured = '', verdict = ''] = line.trimEnd().split(/ {3,}/)
    if (within && verdict !== '') goals.push({ what, wanted, measured, verdict })
    else within = what === heads[0] && wanted === heads[1] && measured === heads[2]
  }
  return goals
}

function shown(figure: number): string {
  return figure >= 100 ? Math.round(figure).toLocaleString('en') : figure.toFixed(figure >= 10 ? 1 : 2)
}
