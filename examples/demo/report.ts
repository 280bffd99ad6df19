import type { Outcome } from './witness.ts'

/** What became of an attack, a line each. */
export function steps(outcome: Outcome): readonly string[] {
  const { said, finding, detectedMs, answeredMs, stoppedMs, attack, suggested } = outcome
  return [
    ...(said === '' ? [] : [said]),
    `after ${detectedMs} ms: ${finding}`,
    ...suggested.slice(0, 1).map((command) => `suggested: ${command}`),
    `after ${answeredMs} ms: the function's ${attack.remedy} stands in the trail`,
    `after ${stoppedMs} ms: the attacker can do no more`,
  ]
}

/** All of it as a table, and what was not as promised. */
export function summary(outcomes: readonly Outcome[], answered: number, problems: readonly string[]): string {
  const rows = [
    ['attack', 'detected', 'answered', 'stopped', 'finding'],
    ...outcomes.map(({ attack, detectedMs, answeredMs, stoppedMs, finding }) => [
      attack.title,
      ...[detectedMs, answeredMs, stoppedMs].map((ms) => `${ms} ms`),
      finding,
    ]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [
    ...table,
    '',
    `Meanwhile Carla was answered ${answered} times as she should be.`,
    ...(problems.length === 0
      ? ['Every step was verified.']
      : ['Not as promised:', ...problems.map((problem) => `  ${problem}`)]),
  ].join('\n')
}
