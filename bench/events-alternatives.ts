type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const alternativesMax = 5000

/**
 * The patterns that make up a pattern: each has one test a field and one alternative of each `$or`, and an event matches the pattern
 * where it matches any of them. `undefined` where there are too many. No name may come twice in an object of the pattern.
 */
export function alternatives(pattern: string): readonly string[] | undefined {
  // JSON.parse gives nothing else.
  const made = objectsOf(JSON.parse(pattern) as { readonly [name: string]: Json })
  return made?.map((each) => JSON.stringify(each))
}

function objectsOf(object: { readonly [name: string]: Json }): readonly Json[] | undefined {
  let made: readonly { readonly [name: string]: Json }[] = [{}]
  for (const [name, value] of Object.entries(object)) {
    const choices = choicesOf(name, value)
    if (choices === undefined || made.length * choices.length > alternativesMax) return undefined
    made = made.flatMap((before) => choices.map((choice) => ({ ...before, [name]: choice })))
  }
  return made
}

function choicesOf(name: string, value: Json): readonly Json[] | undefined {
  if (!Array.isArray(value)) return isObject(value) ? objectsOf(value) : [value]
  const list: readonly Json[] = value // Array.isArray forgets what the elements are.
  if (name !== '$or' || !list.every((each) => isObject(each) && Object.values(each).every(isContainer)))
    return list.map((test) => [test])
  const choices = list.map((each) => (isObject(each) ? objectsOf(each) : undefined))
  if (choices.includes(undefined)) return undefined
  // An `$or` has two alternatives at least.
  return choices.flatMap((each) => each ?? []).map((choice) => [choice, choice])
}

function isContainer(value: Json): boolean {
  return typeof value === 'object' && value !== null
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return isContainer(value) && !Array.isArray(value)
}
