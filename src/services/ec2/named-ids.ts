import type { Fault } from '#core/fault.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/**
 * The ids on which a call acts. One that names none asks for no permission, and would need none.
 * Faults: MissingParameter; InvalidParameterValue for more than a call may name.
 */
export function namedIds(ids: readonly string[], parameter: string): readonly string[] {
  if (ids.length === 0) throw faults.missingParameter(parameter)
  if (ids.length > quotas.idsPerCall) throw faults.tooManyIds(parameter, quotas.idsPerCall)
  return ids
}

/** Of a list what a request names, or all where it names none. Faults: what is said of an id that nothing has. */
export function named<Item>(
  all: readonly Item[],
  ids: readonly string[] | undefined,
  idOf: (item: Item) => string,
  missing: (id: string) => Fault,
): readonly Item[] {
  if (ids === undefined || ids.length === 0) return all
  const wanted = new Set(ids)
  const found = all.filter((item) => wanted.has(idOf(item)))
  for (const item of found) wanted.delete(idOf(item))
  for (const id of wanted) throw missing(id)
  return found
}
