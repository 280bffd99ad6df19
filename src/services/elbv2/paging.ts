import { faults } from './faults.ts'

/** Source: ELBv2 API Reference, PageSize: at most 400. */
const pageSizeDefault = 400

/** One page of things that have an ARN, sorted by it. The marker is the last one shown. Faults: ValidationError. */
export function page<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  {
    Marker,
    PageSize = pageSizeDefault,
  }: { readonly Marker?: string | undefined; readonly PageSize?: number | undefined },
): { readonly items: readonly Item[]; readonly NextMarker?: string } {
  const after = Marker === undefined ? '' : read(Marker)
  const sorted = items
    .filter((item) => keyOf(item) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  const shown = sorted.slice(0, PageSize)
  const last = shown.at(-1)
  return sorted.length > PageSize && last !== undefined
    ? { items: shown, NextMarker: write(keyOf(last)) }
    : { items: shown }
}

function write(key: string): string {
  return Buffer.from(`1:${key}`).toString('base64url')
}

function read(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString('utf8')
  if (!text.startsWith('1:') || write(text.slice(2)) !== marker)
    throw faults.validation(`The marker '${marker}' is not valid`)
  return text.slice(2)
}
