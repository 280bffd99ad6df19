import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type DetectionState, type RecordId, type Source, sources } from '#engines/detect/index.ts'
import { readSummedFile, summedText } from '#telemetry/index.ts'

/** What detections remember, on disk: a file a detector, and how far each source was read when they were written. */
export interface StateFiles {
  readonly readCursors: () => Promise<Readonly<Record<string, unknown>>>
  /** Undefined where there is none, or it is not whole. */
  readonly read: (name: string) => Promise<DetectionState | undefined>
  /** Counts once the cursors that belong to it are written. */
  readonly write: (name: string, state: DetectionState) => Promise<void>
  /** Makes all that was written since the last time count, at once. */
  readonly writeCursors: (cursors: Readonly<Record<string, unknown>>) => Promise<void>
  /** Removes the files of all others, and what counts no more. */
  readonly keepOnly: (names: ReadonlySet<string>) => Promise<void>
}

interface Mark {
  readonly generation: number
  readonly cursors: Readonly<Record<string, unknown>>
}

const cursorsFile = 'cursors.summed.jsonl'
const suffix = '.detection.summed.jsonl'
/** An earlier version's had no sums. */
const unsummed = { cursorsFile: 'cursors.json', suffix: '.detection.jsonl' }
/** So many things stand in a line: writing one takes a millisecond or so. */
const [idsPerLine, entitiesPerLine] = [2_000, 200]
const linesPerWrite = 8

/** One line of a state file. The last one says that it is whole. */
type Line =
  | { readonly source: Source; readonly seen: readonly RecordId[] }
  | { readonly name: string; readonly entities: readonly (readonly [string, unknown])[] }
  | { readonly whole: true }

/**
 * Files in a folder. Each is written aside and renamed once it is on disk, in pieces between which others have their turn. States and cursors belong
 * together: the cursors' file says which generation of states counts. Each line has a sum: what is damaged is told, and begins anew.
 * Faults: throws what the file system says.
 */
export function openStateFiles(folder: string): StateFiles {
  const place = (file: string): string => join(folder, file)
  let generation = 0
  const fileOf = (name: string, of: number): string => `${name}.${of}${suffix}`
  const isOurs = (file: string): boolean =>
    [suffix, unsummed.suffix, unsummed.cursorsFile].some((ending) => file.endsWith(ending))

  async function put(file: string, pieces: Iterable<string>): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const aside = place(`${file}.part`)
    const handle = await open(aside, 'w', 0o600)
    try {
      for (const piece of pieces) await handle.write(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(aside, place(file))
  }

  return {
    async readCursors() {
      const summed = await readSummedFile(place(cursorsFile))
      const [text] = summed?.lines ?? (await unsummedLines(place(unsummed.cursorsFile)))
      if (text === undefined) return {}
      const mark = JSON.parse(text) as Mark // `writeCursors` wrote it.
      ;({ generation } = mark)
      return mark.cursors
    },
    async read(name) {
      const summed = await readSummedFile(place(fileOf(name, generation)))
      if (summed) return summed.isWhole ? stateOf(summed.lines) : undefined
      return stateOf(await unsummedLines(place(`${name}.${generation}${unsummed.suffix}`)))
    },
    write: (name, state) => put(fileOf(name, generation + 1), piecesOf(state)),
    async writeCursors(cursors) {
      const mark: Mark = { generation: generation + 1, cursors }
      await put(cursorsFile, [summedText([JSON.stringify(mark)])])
      ;({ generation } = mark)
    },
    async keepOnly(names) {
      const kept = new Set([...names].map((name) => fileOf(name, generation)))
      for (const file of (await ifThere(readdir(folder))) ?? [])
        if (isOurs(file) && !kept.has(file)) await rm(place(file), { force: true })
    },
  }
}

function* piecesOf(state: DetectionState): Generator<string, void, undefined> {
  let lines: string[] = []
  for (const line of linesOf(state)) {
    lines.push(JSON.stringify(line))
    if (lines.length < linesPerWrite) continue
    yield summedText(lines)
    lines = []
  }
  yield summedText(lines)
}

function* linesOf({ seen, memories }: DetectionState): Generator<Line, void, undefined> {
  for (const source of sources) {
    const ids = seen[source] ?? []
    for (let at = 0; at < ids.length; at += idsPerLine) yield { source, seen: ids.slice(at, at + idsPerLine) }
  }
  for (const [name, entities] of Object.entries(memories))
    for (let at = 0; at < entities.length; at += entitiesPerLine)
      yield { name, entities: entities.slice(at, at + entitiesPerLine) }
  yield { whole: true }
}

/** Undefined where there is none, or no end. Others have their turn between lines. */
async function stateOf(lines: readonly string[]): Promise<DetectionState | undefined> {
  const seen: Record<Source, RecordId[]> = { cloudTrail: [], flow: [], dns: [], web: [] }
  const memories = new Map<string, (readonly [string, unknown])[]>()
  let isWhole = false
  for (const text of lines) {
    const line = JSON.parse(text) as Line // `linesOf` made it.
    if ('whole' in line) isWhole = true
    else if ('seen' in line) for (const id of line.seen) seen[line.source].push(id)
    else {
      const entities = memories.get(line.name) ?? []
      memories.set(line.name, entities)
      for (const entity of line.entities) entities.push(entity)
    }
    await turn()
  }
  return isWhole ? { seen, memories: Object.fromEntries(memories) } : undefined
}

/** Lines of an earlier version's file, none where there is none; nobody can say whether they are as they were written, but for being JSON. */
async function unsummedLines(path: string): Promise<readonly string[]> {
  const lines = ((await ifThere(readFile(path, 'utf8'))) ?? '').split('\n').filter((line) => line !== '')
  return lines.every(isJson) ? lines : []
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

async function ifThere<Value>(read: Promise<Value>): Promise<Value | undefined> {
  try {
    return await read
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
