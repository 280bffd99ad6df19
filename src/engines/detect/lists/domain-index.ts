/** Names have at most 127 labels; none that is listed needs more than this. */
const labelsMax = 10
const nameLengthMax = 253

/** A domain as lists write it, as it is compared: small letters, without a dot at the end or a wildcard before; nothing where it is none. */
export function parseDomain(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
  if (name.length > nameLengthMax) return undefined
  const labels = name.split('.')
  if (labels.length < 2 || labels.length > labelsMax) return undefined
  return labels.every((label) => /^[\w-]{1,63}$/.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
    ? name
    : undefined
}

/** What is said of a name, by itself or by a domain above it. */
export type DomainIndex<Value> = (name: string) => readonly Value[]

const nothing: readonly never[] = []

/** Looks for a name from its end on: what is asked of is bounded, however long a name is. */
export function createDomainIndex<Value>(
  entries: readonly (readonly [domain: string, value: Value])[],
): DomainIndex<Value> {
  const values = new Map<string, Value[]>()
  for (const [domain, value] of entries) {
    const known = values.get(domain)
    if (known === undefined) values.set(domain, [value])
    else if (!known.includes(value)) known.push(value)
  }
  return (name) => {
    if (values.size === 0) return nothing
    let found: readonly Value[] = nothing
    let at = name.lastIndexOf('.')
    for (let labels = 2; labels <= labelsMax && at > 0; labels += 1) {
      at = name.lastIndexOf('.', at - 1)
      const said = values.get(at < 0 ? name : name.slice(at + 1))
      if (said !== undefined) found = found.length === 0 ? said : [...new Set([...found, ...said])]
    }
    return found
  }
}
