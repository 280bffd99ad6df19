import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#core/log.ts'
import { createPasses } from '#core/passes.ts'
import { changesOf, CommitFailed, type Scope, type Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { type EntityList, type ListEntries, listLimits, parseList } from '#engines/detect/index.ts'
import { type ListDocument, lists } from '../documents.ts'
import { fileOf, parseLocation } from './location.ts'

/** Reads lists that are to be active, and knows those that are; one worker has it. */
export interface ListKeeper {
  /** The lists of an account in a Region that are in force: the same array as long as they are the same. */
  readonly of: (scope: Scope) => readonly EntityList[]
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

interface Loaded {
  readonly document: ListDocument
  readonly list: EntityList
}

type ReadOutcome =
  { readonly ok: true; readonly entries: ListEntries } | { readonly ok: false; readonly why: string }

const nothing: readonly EntityList[] = []

const everyMs = 60_000

/**
 * A list is read once, when it is activated; what was read is kept aside, so that what becomes of its file afterwards changes nothing until
 * somebody activates it again, as in AWS.
 */
export function createListKeeper({ store, world, directory, log }: Parts): ListKeeper {
  const kept = join(directory, 'telemetry', 'detection', 'lists')
  const buckets = join(directory, 'buckets')
  const loaded = new Map<string, Loaded>()
  let byScope: ReadonlyMap<string, readonly EntityList[]> = new Map()
  const ending = new AbortController()
  const { pass, idle } = createPasses(passNow, {
    ending: ending.signal,
    onFailure(error) {
      const stack = error instanceof Error ? error.stack : String(error)
      const expected = error instanceof CommitFailed || (error instanceof Error && 'syscall' in error)
      log({ level: 'error', event: expected ? 'lists-not-read' : 'bug', stack })
    },
  })

  async function passNow(): Promise<void> {
    const inForce = store.read.findAnywhere(lists, 'inForceAnywhere', 'yes')
    const names = new Set(inForce.map(({ document }) => nameOf(document)))
    const gone = [...loaded.keys()].filter((name) => !names.has(name))
    const fresh = inForce.filter(({ document }) => loaded.get(nameOf(document))?.list.name !== document.name)
    if (gone.length === 0 && fresh.length === 0) return
    for (const name of gone) loaded.delete(name)
    try {
      for (const { document, ...scope } of fresh) await load(document, scope)
    } finally {
      const grouped = Map.groupBy(loaded.values(), ({ document }) => scopeIn(document))
      byScope = new Map([...grouped].map(([scope, some]) => [scope, some.map(({ list }) => list)]))
    }
    await forgetOthers(names)
  }

  async function load(document: ListDocument, scope: Scope): Promise<void> {
    const outcome = await contentOf(document)
    if (!outcome.ok) {
      await note(document, scope, { status: 'ERROR', errorDetails: outcome.why })
      return
    }
    const means = isTrusted(document) ? 'trusted' : 'custom'
    // Not loaded before it is noted: what could not be noted is tried again.
    if (document.status === 'ACTIVATING') await note(document, scope, { status: 'ACTIVE' })
    loaded.set(nameOf(document), { document, list: { name: document.name, means, ...outcome.entries } })
  }

  /** What was read before where it was, else what the file says now. */
  async function contentOf(document: ListDocument): Promise<ReadOutcome> {
    const copy = join(kept, nameOf(document))
    const known = await ifThere(readFile(copy, 'utf8'))
    const location = parseLocation(document.location)
    const text = known ?? (location && (await readBounded(fileOf(buckets, location))))
    if (text === undefined)
      return { ok: false, why: 'The list cannot be read: it is not there, or it is too big.' }
    const outcome = readEntries(document, text)
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

  const unfollow = store.tail((change) => {
    if (changesOf(lists, change).length > 0) void pass()
  })
  const stop = world.every(everyMs, () => void pass())
  void pass()

  return {
    pass,
    of: ({ account, region }) => byScope.get(`${account}/${region}`) ?? nothing,
    async close() {
      ending.abort()
      unfollow()
      stop()
      await idle()
    },
  }
}

function isTrusted({ kind }: ListDocument): boolean {
  return kind === 'ipset' || kind === 'trustedentityset'
}

/** Domains stand in lists of entities alone. Source: GuardDuty User Guide, "Understanding entity lists and IP address lists". */
function readEntries(document: ListDocument, text: string): ReadOutcome {
  const read = parseList(document.format, text, isTrusted(document) ? 'trusted' : 'threat')
  if ('refused' in read) return { ok: false, why: `The list is refused: ${read.refused}.` }
  const ofAddresses = document.kind === 'ipset' || document.kind === 'threatintelset'
  const entries = ofAddresses ? { ...read, domains: [] } : read
  return entries.blocks.length + entries.domains.length > 0
    ? { ok: true, entries }
    : { ok: false, why: 'The list has no entries.' }
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
    return facts.isFile() && facts.size <= listLimits.fileBytes ? await file.readFile('utf8') : undefined
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
