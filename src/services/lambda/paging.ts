import { faults } from './faults.ts'

/** Source: Lambda API Reference, MaxItems: "ListFunctions returns a maximum of 50 items in each response". */
const pageMax = 50

/** One page of things, sorted by their key. The marker is the last one shown. Faults: InvalidParameterValueException. */
export function page<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  {
    Marker,
    MaxItems = pageMax,
  }: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
): { readonly items: readonly Item[]; readonly NextMarker?: string } {
  const after = Marker === undefined ? '' : read(Marker)
  const limit = Math.min(MaxItems, pageMax)
  const sorted = items
    .filter((item) => keyOf(item) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  const shown = sorted.slice(0, limit)
  const last = shown.at(-1)
  return sorted.length > limit && last !== undefined
    ? { items: shown, NextMarker: write(keyOf(last)) }
    : { items: shown }
}

function write(key: string): string {
  return Buffer.from(`1:${key}`).toString('base64url')
}

function read(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString('utf8')
  if (!text.startsWith('1:') || write(text.slice(2)) !== marker)
    throw faults.invalid(`The marker '${marker}' is not valid`)
  return text.slice(2)
}
