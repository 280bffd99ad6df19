/**
 * Every value that stands under a member of that name anywhere in rules, save within another such value. For questions that a rule's place does not change: what it
 * refers to, which labels it asks for.
 */
export function valuesOf(rules: unknown, member: string): readonly unknown[] {
  if (typeof rules !== 'object' || rules === null || rules instanceof Uint8Array) return []
  return Object.entries(rules).flatMap(([name, value]: [string, unknown]) =>
    name === member ? [value] : valuesOf(value, member),
  )
}

/** The text that a value has under a name, if it is an object that has one. */
export function textIn(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const text: unknown = new Map<string, unknown>(Object.entries(value)).get(name)
  return typeof text === 'string' ? text : undefined
}
