import type { Tags } from '#core/caller.ts'
import { compilePattern } from '#engines/policy/index.ts'
import type { Filter } from '#models/ec2.d.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'

/** What a filter compares: the values that a document has under the filter's name. */
export type FilterValues<D> = (document: D) => string | readonly string[] | undefined

/** The filters of an operation by name. */
export type FilterTable<D> = ReadonlyMap<string, FilterValues<D>>

/** Makes a table of filters. A table with `tags` also has `tag:<key>`, `tag-key` and `tag-value`. */
export function filterTable<D>(rows: Readonly<Record<string, FilterValues<D>>>): FilterTable<D> {
  return new Map(Object.entries(rows))
}

/**
 * Compiles filters to a test: all of them must hold, each by one of its values, in which `*` and `?` are wildcards unless a
 * backslash precedes them. Faults: InvalidParameterValue for a filter that the operation lacks, or one without values.
 * Source: EC2 User Guide, "List and filter using the CLI and API", filtering considerations.
 */
export function compileFilters<D>(
  table: FilterTable<D>,
  filters: readonly Filter[] = [],
  tagsOf?: (document: D) => Tags,
): (document: D) => boolean {
  const count = filters.reduce((sum, { Values = [] }) => sum + Values.length, 0)
  if (count > quotas.filterValues) throw faults.tooManyFilterValues(quotas.filterValues)
  const tests = filters.map(({ Name = '', Values = [] }) => {
    const read = table.get(Name) ?? (tagsOf && tagFilter(Name, tagsOf))
    if (!read) throw faults.invalidFilter(Name)
    if (Values.length === 0) throw faults.filterWithoutValues(Name)
    const wanted = Values.map(wildcardMatcher)
    return (document: D): boolean => {
      const given = read(document)
      if (given === undefined) return false
      const all = typeof given === 'string' ? [given] : given
      return all.some((value) => wanted.some((matches) => matches(value)))
    }
  })
  return (document) => tests.every((holds) => holds(document))
}

function tagFilter<D>(name: string, tagsOf: (document: D) => Tags): FilterValues<D> | undefined {
  if (name === 'tag-key') return (document) => Object.keys(tagsOf(document))
  if (name === 'tag-value') return (document) => Object.values(tagsOf(document))
  if (!name.startsWith('tag:')) return undefined
  const key = name.slice('tag:'.length)
  return (document) => {
    const tags = tagsOf(document)
    return Object.hasOwn(tags, key) ? tags[key] : undefined
  }
}

function wildcardMatcher(value: string): (text: string) => boolean {
  let text = ''
  const wildcards: number[] = []
  for (let at = 0; at < value.length; at += 1) {
    let character = value.charAt(at)
    if (character === '\\' && at + 1 < value.length) {
      at += 1
      character = value.charAt(at)
    } else if (character === '*' || character === '?') wildcards.push(text.length)
    text += character
  }
  return compilePattern({ text, wildcards })
}
