import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#core/log.ts'
import { changesOf, CommitFailed, type Scope, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { Listing } from '#engines/detect/index.ts'
import { type AddressSet, addressSet, parseAddress } from '#engines/waf/index.ts'
import { type ListDocument, lists } from '../documents.ts'
import { quotas } from '../quotas.ts'
import { fileOf, parseLocation } from './location.ts'
import { type ReadOutcome, readList } from './read-list.ts'

/** What an account's lists in a Region say. */
export interface ListsInForce {
  readonly trusts: (address: string) => boolean
  readonly trustsDomain: (name: string) => boolean
  readonly address: (address: string) => readonly Listing[]
  readonly domain: (name: string) => readonly Listing[]
}

/** Reads lists that are to be active, and knows those that are; one worker has it. */
export interface ListKeeper {
  readonly of: (scope: Scope) => ListsInForce
  /** Reads what is to be read. */
  readonly pass: () => Promise<void>
  readonly close: () => Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact' | 'tail'>
  readonly world: Pick<World, 'every'>
  /** The data directory. */
  readonly directory: string
  readonly log: Log
}

/** A list as it is asked. */
interface Loaded {
  readonly document: ListDocument
  readonly addresses: AddressSet
  readonly domains: ReadonlySet<string>
}

const everyMs = 60_000

/**
 * A list is read once, when it is activated; what was read is kept aside, so that what becomes of its file afterwards changes nothing until
 * somebody activates it again, as in AWS.
 */
export function createListKeeper({ store, world, directory, log }: Parts): ListKeeper {
  const kept = join(directory, 'telemetry', 'detection', 'lists')
  const buckets = join(directory, 'buckets')
  const loaded = new Map<string, Loaded>()
  let byScope: ReadonlyMap<string, readonly Loaded[]> = new Map()
  let underWay: Promise<void> | undefined
  let again = false
  const ending = new AbortController()

  async function passNow(): Promise<void> {
    const inForce = store.read.findAnywhere(lists, 'inForceAnywhere', 'yes')
    const names = new Set(inForce.map(({ document }) => nameOf(document)))
    for (const name of loaded.keys()) if (!names.has(name)) loaded.delete(name)
    for (const { document, ...scope } of inForce)
      if (!loaded.has(nameOf(document))) await load(document, scope)
    byScope = Map.groupBy(loaded.values(), ({ document }) => scopeIn(document))
    await forgetOthers(names)
  }

  async function load(document: ListDocument, scope: Scope): Promise<void> {
    const outcome = await contentOf(document)
    const sets = outcome.ok ? addressSet(outcome.list.addresses.map(asBlock), quotas.listEntries) : undefined
    if (outcome.ok && sets?.ok === true) {
      loaded.set(nameOf(document), {
        ...{ document, addresses: sets.value, domains: new Set(outcome.list.domains) },
      })
      if (document.status === 'ACTIVATING') await note(document, scope, { status: 'ACTIVE' })
      return
    }
    const why = outcome.ok ? 'An entry of the list is no address.' : outcome.why
    await note(document, scope, { status: 'ERROR', errorDetails: why })
  }

  /** What was read before where it was, else what the file says now. */
  async function contentOf(document: ListDocument): Promise<ReadOutcome> {
    const entity = document.kind === 'threatentityset' || document.kind === 'trustedentityset'
    const trusted = document.kind === 'ipset' || document.kind === 'trustedentityset'
    const entriesMax = trusted ? quotas.trustedEntries : quotas.listEntries
    const copy = join(kept, nameOf(document))
    const known = await ifThere(readFile(copy, 'utf8'))
    const location = parseLocation(document.location)
    const text = known ?? (location && (await readBounded(fileOf(buckets, location))))
    if (text === undefined)
      return { ok: false, why: 'The list cannot be read: it is not there, or it is too big.' }
    const outcome = readList(document.format, text, { domains: entity, entriesMax })
    if (outcome.ok && known === undefined) {
      await mkdir(kept, { recursive: true, mode: 0o700 })
      await writeFile(`${copy}.part`, text, { mode: 0o600, flush: true })
      await rename(`${copy}.part`, copy)
    }
    return outcome
  }

  function note(list: ListDocument, scope: Scope, change: Partial<ListDocument>): Promise<void> {
    return store.transact((tx) => {
      const now = tx.get(lists, scope, list.id)
      if (now?.reading === list.reading) tx.put(lists, scope, list.id, { ...now, ...change })
    })
  }

  async function forgetOthers(names: ReadonlySet<string>): Promise<void> {
    for (const file of (await ifThere(readdir(kept))) ?? [])
      if (!names.has(file)) await rm(join(kept, file), { force: true })
  }

  /** Ends, and is over, in the turn in which nothing more is asked for: nobody's pass falls between. */
  async function passes(): Promise<void> {
    try {
      while (again && !ending.signal.aborted) {
        again = false
        await passNow()
      }
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error)
      const expected = error instanceof CommitFailed || (error instanceof Error && 'syscall' in error)
      log({ level: 'error', event: expected ? 'lists-not-read' : 'bug', stack })
    } finally {
      underWay = undefined
    }
  }

  function pass(): Promise<void> {
    again = true
    underWay ??= passes()
    return underWay
  }

  const unfollow = store.tail((change) => {
    if (changesOf(lists, change).length > 0) void pass()
  })
  const stop = world.every(everyMs, () => void pass())
  void pass()

  return {
    pass,
    of(scope) {
      const all = (): readonly Loaded[] => byScope.get(`${scope.account}/${scope.region}`) ?? []
      return {
        trusts: (address) => all().some((one) => trusts(one) && hasAddress(one, address)),
        trustsDomain: (name) => all().some((one) => trusts(one) && hasDomain(one, name)),
        address: (address) => all().flatMap((one) => listing(one, hasAddress, address)),
        domain: (name) => all().flatMap((one) => listing(one, hasDomain, name)),
      }
    },
    async close() {
      ending.abort()
      unfollow()
      stop()
      await underWay
    },
  }
}

function listing(one: Loaded, has: (one: Loaded, text: string) => boolean, text: string): readonly Listing[] {
  return !trusts(one) && has(one, text) ? [{ threat: 'custom', list: one.document.name }] : []
}

function trusts({ document: { kind } }: Loaded): boolean {
  return kind === 'ipset' || kind === 'trustedentityset'
}

function hasAddress({ addresses }: Loaded, text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && addresses.has(address)
}

/** A domain, or one above it. */
function hasDomain({ domains }: Loaded, name: string): boolean {
  if (domains.size === 0) return false
  for (let at = 0; at >= 0; at = name.indexOf('.', at + 1))
    if (domains.has(at === 0 ? name : name.slice(at + 1))) return true
  return false
}

function asBlock(text: string): string {
  if (text.includes('/')) return text
  return text.includes(':') ? `${text}/128` : `${text}/32`
}

/** Names a reading of a list: of its own hexadecimal id and a number. */
function nameOf({ id, reading }: ListDocument): string {
  return `${id}.${reading}`
}

function scopeIn({ arn }: ListDocument): string {
  const [, , , region = '', account = ''] = arn.split(':', 5)
  return `${account}/${region}`
}

async function readBounded(path: string): Promise<string | undefined> {
  const file = await ifThere(open(path, 'r'))
  if (!file) return undefined
  try {
    const facts = await file.stat()
    return facts.isFile() && facts.size <= quotas.listBytes ? await file.readFile('utf8') : undefined
  } finally {
    await file.close()
  }
}

/** What keeps a file from being read is told of the list, not of the program. */
async function ifThere<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined
    throw error
  }
}
