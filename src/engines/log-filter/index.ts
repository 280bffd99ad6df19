import { readFields } from './fields.ts'
import { readJson } from './json.ts'
import { BadPattern, type FilterPattern } from './pattern.ts'
import { readTerms } from './terms.ts'

export type { FilterPattern } from './pattern.ts'

/** Compiles a filter pattern of CloudWatch Logs. Source: CloudWatch Logs User Guide, "Filter pattern syntax". */
export function parseFilterPattern(
  text: string,
): { readonly ok: true; readonly pattern: FilterPattern } | { readonly ok: false; readonly reason: string } {
  const trimmed = text.trim()
  try {
    if (trimmed.startsWith('{')) return { ok: true, pattern: readJson(trimmed) }
    if (trimmed.startsWith('[')) return { ok: true, pattern: readFields(trimmed) }
    return { ok: true, pattern: readTerms(trimmed) }
  } catch (error) {
    if (error instanceof BadPattern) return { ok: false, reason: error.message }
    throw error
  }
}
