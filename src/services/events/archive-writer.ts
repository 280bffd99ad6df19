import type { FoundAnywhere, Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { EventArchive } from '#telemetry/index.ts'
import { archiveDays, archives, type ArrivalDocument, arrivals } from './documents.ts'
import { eachInTurn } from './each-in-turn.ts'

interface Parts {
  readonly store: Pick<Store, 'read' | 'transact'>
  readonly world: Pick<World, 'nowMs'>
  readonly files: EventArchive
}

type Arrival = FoundAnywhere<ArrivalDocument>

/** Moves events from documents into the files of their archives, packs days that are over, and removes what is too old. One at a time calls it. */
export interface ArchiveWriter {
  readonly write: () => Promise<void>
  readonly sweep: () => Promise<void>
}

const dayMs = 86_400_000
/** By then what was accepted on a day is in its file, as a rule: what comes later unpacks it. */
const settleMs = 3_600_000
/** Packed at a time: what has come meanwhile waits. Units: bytes. */
const packedBytesMax = 512 * 1024 * 1024
/** Events moved by one transaction. */
const batchMax = 500

/**
 * A batch is appended to its file, then one transaction deletes its documents and says how much of the file counts: what a crash left
 * behind that is cut off by the next batch. INVARIANT: an accepted event is in the document or in the counted part of the file, never in
 * both.
 */
export function createArchiveWriter({ store, world, files }: Parts): ArchiveWriter {
  async function move(batch: readonly Arrival[]): Promise<void> {
    const [first] = batch
    if (!first) return
    const { account, region } = first
    const scope = { account, region }
    const day = dayOf(first.document.acceptedAtMs)
    await eachInTurn(first.document.archives, async (archive) => {
      if (store.read.findAnywhere(archives, 'key', archive).length === 0) return // It is deleted.
      const id = `${archive}/${day}`
      const before = store.read.get(archiveDays, scope, id)
      const lines = batch.map(({ document }) => document.event)
      const bytes = await files.append({ archive, day }, before?.bytes ?? 0, lines)
      const times = lines.map(timeOfEvent)
      await store.transact((tx) => {
        for (const { id: arrival } of batch) {
          const left = tx.get(arrivals, scope, arrival)
          const others = left?.archives.filter((key) => key !== archive) ?? []
          if (left && others.length > 0) tx.put(arrivals, scope, arrival, { ...left, archives: others })
          else if (left) tx.delete(arrivals, scope, arrival)
        }
        if (tx.findAnywhere(archives, 'key', archive).length === 0) return
        tx.put(archiveDays, scope, id, {
          ...{ archive, day, bytes, events: (before?.events ?? 0) + lines.length },
          firstMs: Math.min(before?.firstMs ?? Infinity, ...times),
          lastMs: Math.max(before?.lastMs ?? -Infinity, ...times),
        })
      })
    })
    // Of archives that are gone.
    await store.transact((tx) => {
      for (const { id } of batch) if (tx.get(arrivals, scope, id)) tx.delete(arrivals, scope, id)
    })
  }

  return {
    async write() {
      const waiting = [...store.read.everywhere(arrivals)].toSorted(
        (one, other) => one.document.acceptedAtMs - other.document.acceptedAtMs,
      )
      const groups = Map.groupBy(waiting, ({ account, region, document }) =>
        JSON.stringify([account, region, document.archives, dayOf(document.acceptedAtMs)]),
      )
      await eachInTurn(groups.values(), async (group) => {
        for (let at = 0; at < group.length; at += batchMax) await move(group.slice(at, at + batchMax))
      })
    },

    async sweep() {
      const nowMs = world.nowMs()
      const packedBefore = dayOf(nowMs - settleMs)
      let packed = 0
      await eachInTurn([...store.read.everywhere(archiveDays)], async ({ id, document, ...scope }) => {
        const [archive] = store.read.findAnywhere(archives, 'key', document.archive)
        if (archive && !isOver(document.day, archive.document.retentionDays, nowMs)) {
          const isToPack = document.day < packedBefore && packed < packedBytesMax
          if (isToPack && (await files.pack(document, document.bytes))) packed += document.bytes
          return
        }
        await store.transact((tx) => tx.delete(archiveDays, scope, id))
      })
      const kept = new Set([...store.read.everywhere(archiveDays)].map(({ id }) => id))
      await files.sweep(({ archive, day }) => kept.has(`${archive}/${day}`))
    },
  }
}

/** The UTC day of a time. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Whether the last moment of a day is longer ago than an archive keeps events; 0 keeps them for ever. */
function isOver(day: string, retentionDays: number, nowMs: number): boolean {
  return retentionDays > 0 && Date.parse(day) + (1 + retentionDays) * dayMs <= nowMs
}

/** The event's own time. Units: milliseconds since 1970. */
function timeOfEvent(text: string): number {
  const { time } = JSON.parse(text) as { readonly time: string } // `acceptEvent` wrote it.
  return Date.parse(time)
}
