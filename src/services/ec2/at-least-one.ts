import { faults } from './faults.ts'

/** A call that names nothing asks for no permission, and would need none. Faults: MissingParameter. */
export function atLeastOne(ids: readonly string[], parameter: string): readonly string[] {
  if (ids.length === 0) throw faults.missingParameter(parameter)
  return ids
}
