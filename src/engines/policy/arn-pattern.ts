import { compilePattern, type Matches, type Pattern } from './pattern.ts'

const anyArn: Pattern = { text: '*', wildcards: [0] }

/**
 * A matcher for ArnEquals and ArnLike (which behave alike): each of the six colon-delimited components is checked
 * separately, so that a `*` in one never reaches into the next. A pattern of fewer components matches nothing, but
 * `*` alone matches every ARN.
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators", ARN condition operators.
 */
export function compileArnPattern(pattern: Pattern): Matches {
  const isAnyArn = pattern.text === anyArn.text && pattern.wildcards.length === 1
  const cuts = firstColons(pattern.text)
  if (isAnyArn) return (subject) => firstColons(subject) !== undefined
  if (cuts === undefined) return () => false
  const components = [...cuts, pattern.text.length].map((end, index) => {
    const start = index === 0 ? 0 : (cuts[index - 1] ?? 0) + 1
    return compilePattern({
      text: pattern.text.slice(start, end),
      wildcards: pattern.wildcards.filter((at) => at >= start && at < end).map((at) => at - start),
    })
  })

  return (subject) => {
    const colons = firstColons(subject)
    if (colons === undefined) return false
    let start = 0
    for (const [index, matches] of components.entries()) {
      const end = colons[index] ?? subject.length
      if (!matches(subject.slice(start, end))) return false
      start = end + 1
    }
    return true
  }
}

/** The places of the five colons that divide an ARN; what follows the fifth is one component whatever it contains. */
function firstColons(text: string): readonly number[] | undefined {
  const colons: number[] = []
  let from = 0
  while (colons.length < 5) {
    const at = text.indexOf(':', from)
    if (at < 0) return undefined
    colons.push(at)
    from = at + 1
  }
  return colons
}
