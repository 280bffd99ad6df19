import { isWrittenNumber } from './exact-json.ts'

type Step = { readonly name: string } | { readonly index: number } | 'all'

// A name, an index or a wildcard, one after the other.
const step = /\.(?:(\*)|([^.[\]*\s'"]+))|\[(?:(\*)|(\d{1,9}))\]/y

/**
 * The steps of a path, or `undefined` for a text that is none: names behind dots, indices and wildcards.
 * Source: EventBridge User Guide, "Input transformation": dot notation, dashes, underscores, array indices, wildcards, slashes.
 */
function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined
  const steps: Step[] = []
  let offset = 1
  while (offset < path.length) {
    step.lastIndex = offset
    const found = step.exec(path)
    if (found === null) return undefined
    const [, , name, , index] = found
    steps.push(name !== undefined ? { name } : index !== undefined ? { index: Number(index) } : 'all')
    offset = step.lastIndex
  }
  return steps
}

/** Whether a text is a path that an input transformer can follow. */
export function isPath(path: string): boolean {
  return parsePath(path) !== undefined
}

/**
 * What a path leads to in an event, or `undefined`; with a wildcard, the list of all that it leads to.
 * INVARIANT: no step leads to more values than the event has.
 */
export function pathValue(path: string, event: unknown): unknown {
  const steps = parsePath(path)
  if (steps === undefined) return undefined
  let values: readonly unknown[] = [event]
  for (const each of steps) values = values.flatMap((value) => follow(each, value))
  return steps.includes('all') ? values : values[0]
}

function follow(each: Step, value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || isWrittenNumber(value)) return []
  // What JSON.parse made has only its own members.
  if (each === 'all') return Object.values(value) as readonly unknown[]
  if ('index' in each) return Array.isArray(value) && each.index < value.length ? [value[each.index]] : []
  if (Array.isArray(value) || !Object.hasOwn(value, each.name)) return []
  return [(value as Readonly<Record<string, unknown>>)[each.name]]
}
