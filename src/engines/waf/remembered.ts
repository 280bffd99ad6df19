/**
 * A pure function of a text that remembers what it has answered: for texts that most requests have alike, such as what
 * browsers say of themselves. What has not been asked for in a while is forgotten.
 *
 * State: at most twice `entriesMax` answers, about texts of at most `lengthMax` characters; longer ones are not kept.
 */
export function remembered<Answer>(
  compute: (text: string) => Answer,
  entriesMax: number,
  lengthMax: number,
): (text: string) => Answer {
  let recent = new Map<string, Answer>()
  let older = new Map<string, Answer>()
  return (text) => {
    if (text.length > lengthMax) return compute(text)
    let answer = recent.get(text)
    if (answer !== undefined || recent.has(text)) return answer as Answer // It is one that was kept.
    answer = older.get(text)
    if (answer === undefined && !older.has(text)) answer = compute(text)
    if (recent.size >= entriesMax) {
      older = recent
      recent = new Map()
    }
    recent.set(text, answer as Answer) // Computed, or one that was kept.
    return answer as Answer // The same.
  }
}
