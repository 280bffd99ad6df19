import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '#core/log.ts'
import {
  type AddressList,
  addressLists,
  type AddressSet,
  addressSet,
  type ManagedSources,
} from '#engines/waf/index.ts'
import { WatchedFile } from '../watched-file.ts'

/** More than any public list of addresses has. */
const addressesMax = 1_000_000

/**
 * The lists in text files of a folder, which an operator puts there and may replace at any time; one line an entry, what follows `#` is
 * a remark. A list without a file is empty.
 *
 * - `<list>.txt`: the CIDR blocks or addresses of AWSManagedIPReputationList, AnonymousIPList and their like.
 * - `bots/<name>.txt`: those from which the bot really comes that labels call `bot:name:<name>`.
 * - `compromised-credentials.txt`: SHA-256 of `user:password` in hexadecimal digits, the user's name in small letters.
 */
export function createLists(folder: string, nowMs: () => number, log: Log): ManagedSources {
  const watch = <Value>(name: string, read: (lines: readonly string[]) => Value): WatchedFile<Value> =>
    new WatchedFile({
      places: [join(folder, `${name}.txt`)],
      nowMs,
      log,
      read: (path) => read(linesOf(readFileSync(path, 'utf8'))),
    })
  const bots = new Map<string, WatchedFile<AddressSet>>()
  const botNamed = (name: string): WatchedFile<AddressSet> => {
    const known = bots.get(name) ?? watch(`bots/${name}`, addresses)
    bots.set(name, known)
    return known
  }
  const credentials = watch('compromised-credentials', digests)
  const listed = (list: AddressList): AddressSet => {
    const file = watch(list, addresses)
    return { has: (address) => file.value()?.has(address) ?? false }
  }
  return {
    // Typed by the names that it is made from.
    lists: Object.fromEntries(addressLists.map((list) => [list, listed(list)])) as ManagedSources['lists'],
    isVerifiedBot: (name, address) => botNamed(name).value()?.has(address) ?? false,
    isCompromised: (username, password) =>
      credentials
        .value()
        ?.has(createHash('sha256').update(`${username.toLowerCase()}:${password}`).digest('hex')) ?? false,
  }
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
}

/** Faults: throws for a line that is no address and no block. */
function addresses(lines: readonly string[]): AddressSet {
  const blocks = lines.map((line) => (line.includes('/') ? line : `${line}/${line.includes(':') ? 128 : 32}`))
  const set = addressSet(blocks, addressesMax)
  if (!set.ok) throw new Error(`${set.refusal.parameter}: ${set.refusal.reason}`)
  return set.value
}

/** Faults: throws for a line that is no digest. */
function digests(lines: readonly string[]): ReadonlySet<string> {
  for (const line of lines) if (!/^[0-9a-f]{64}$/i.test(line)) throw new Error(`no SHA-256 digest: ${line}`)
  return new Set(lines.map((line) => line.toLowerCase()))
}
