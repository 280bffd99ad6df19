import ipaddr from 'ipaddr.js'
import { ipv4Number } from '../reading/addresses.ts'

/** A CIDR block or one address. */
export interface Block {
  readonly first: number | string
  readonly last: number | string
}

/** Reads a block or an address; nothing where it is none. IPv4 is a number, IPv6 a text of 16 bytes: both compare as addresses do. */
export function parseBlock(text: string): Block | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? text : text.slice(0, slash)
  const prefix = slash < 0 ? undefined : prefixOf(text.slice(slash + 1))
  if (slash >= 0 && prefix === undefined) return undefined
  const number = ipv4Number(address)
  if (number >= 0) return blockOfV4(number, prefix ?? 32)
  const bytes = bytesOfV6(address)
  return bytes && blockOfV6(bytes, prefix ?? 128)
}

function prefixOf(text: string): number | undefined {
  return /^\d{1,3}$/.test(text) ? Number(text) : undefined
}

function blockOfV4(number: number, prefix: number): Block | undefined {
  if (prefix > 32) return undefined
  const size = 2 ** (32 - prefix)
  const first = Math.floor(number / size) * size
  return { first, last: first + size - 1 }
}

function blockOfV6(bytes: readonly number[], prefix: number): Block | undefined {
  if (prefix > 128) return undefined
  const masked = (fill: number): string =>
    String.fromCharCode(
      ...bytes.map((byte, at) => {
        const kept = Math.min(8, Math.max(0, prefix - at * 8))
        const mask = (0xff << (8 - kept)) & 0xff
        return (byte & mask) | (fill & ~mask & 0xff)
      }),
    )
  return { first: masked(0), last: masked(0xff) }
}

const groupOfV6 = /^[\da-f]{1,4}$/i
/** Some read such a number as an octal one. */
const leadingZero = /(?:^|\.)0\d/

/**
 * Whether a text has the shape of an IPv6 address: eight groups, or fewer beside one `::`; the last two may be written as IPv4. The library
 * makes an error of each text that is none, and a list may have a million of those.
 */
function isShapedAsV6(text: string): boolean {
  if (text.length > 45) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)
  const isDotted =
    last !== undefined && text.endsWith(last) && ipv4Number(last) >= 0 && !leadingZero.test(last)
  if (!(isDotted ? groups.slice(0, -1) : groups).every((group) => groupOfV6.test(group))) return false
  const count = groups.length + (isDotted ? 1 : 0)
  return halves.length === 2 ? count < 8 : count === 8
}

function bytesOfV6(text: string): readonly number[] | undefined {
  if (!isShapedAsV6(text) || !ipaddr.IPv6.isValid(text)) return undefined
  return ipaddr.IPv6.parse(text).toByteArray()
}

/** What is said of an address by the blocks that it lies in. */
export type AddressIndex<Value> = (address: string) => readonly Value[]

const nothing: readonly never[] = []

/**
 * Finds the blocks of an address by a search among the places where something begins or ends: blocks lie within one another or apart, so that
 * there are at most twice as many places as blocks.
 */
export function createAddressIndex<Value>(
  entries: readonly (readonly [block: Block, value: Value])[],
): AddressIndex<Value> {
  const isV4 = ([{ first }]: readonly [Block, Value]): boolean => typeof first === 'number'
  const v4 = places(entries.filter(isV4))
  const v6 = places(entries.filter((entry) => !isV4(entry)))
  const starts = Float64Array.from(v4.starts as readonly number[]) // Numbers: chosen so.
  return (address) => {
    if (v4.starts.length === 0 && v6.starts.length === 0) return nothing
    const number = ipv4Number(address)
    if (number >= 0) return v4.values[lastNotAbove(starts, number)] ?? nothing
    if (v6.starts.length === 0) return nothing
    const bytes = bytesOfV6(address)
    if (bytes === undefined) return nothing
    return v6.values[lastNotAbove(v6.starts, String.fromCharCode(...bytes))] ?? nothing
  }
}

interface Places<Value> {
  readonly starts: (number | string)[]
  /** What holds from each start on, up to the next. */
  readonly values: (readonly Value[])[]
}

function places<Value>(entries: readonly (readonly [Block, Value])[]): Places<Value> {
  const sorted = [...entries].sort(
    ([one], [other]) => compare(one.first, other.first) || compare(other.last, one.last),
  )
  const found: Places<Value> = { starts: [], values: [] }
  const open: { readonly last: number | string; readonly values: readonly Value[] }[] = []
  const begin = (start: number | string, values: readonly Value[]): void => {
    if (found.starts.at(-1) === start) {
      found.starts.pop()
      found.values.pop()
    }
    found.starts.push(start)
    found.values.push(values)
  }
  const close = (before: number | string | undefined): void => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (before !== undefined && compare(top.last, before) >= 0) return
      open.pop()
      begin(after(top.last), open.at(-1)?.values ?? nothing)
    }
  }
  for (const [{ first, last }, value] of sorted) {
    close(first)
    const around = open.at(-1)?.values ?? nothing
    const values = around.includes(value) ? around : [...around, value]
    open.push({ last, values })
    begin(first, values)
  }
  close(undefined)
  return found
}

function compare(one: number | string, other: number | string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** What comes right after it: of texts of one length, one that is longer by the least character. */
function after(key: number | string): number | string {
  return typeof key === 'number' ? key + 1 : `${key}\0`
}

/** The place of the last start that is not above the key; -1 where all are. */
function lastNotAbove<Key extends number | string>(
  starts: ArrayLike<Key | number | string>,
  key: Key,
): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const start = starts[middle]
    if (start !== undefined && start <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}
