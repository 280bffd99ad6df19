import type { Aggregate } from './aggregates.ts'
import type { Evaluate } from './expression.ts'
import { type Memory, sizeOf, sizeOfAll } from './memory.ts'
import { compare, isTrue, type Row, TooMuch, type Value } from './value.ts'

/** What rows pass through, one after the other. */
export interface Sink {
  /** False once no further row is wanted. */
  readonly push: (row: Row) => boolean
  readonly end: () => void
}

/** A command, compiled: what stands before what comes next. What it holds it takes of the run's memory. */
export type Stage = (next: Sink, memory: Memory) => Sink

/** Rows that are held at a time. */
const rowsMax = 200_000
const groupsMax = 100_000
/** What an aggregate takes that remembers nothing yet. Units: bytes, about. */
const aggregateBytes = 300

/** A row with further fields. */
function extended(row: Row, more: ReadonlyMap<string, Value>): Row {
  return {
    get: (field) => (more.has(field) ? (more.get(field) ?? null) : row.get(field)),
    bytes: row.bytes + sizeOfAll([...more.values()]),
  }
}

export const filterStage =
  (holds: Evaluate): Stage =>
  (next) => ({ push: (row) => !isTrue(holds(row)) || next.push(row), end: next.end })

export const fieldsStage =
  (computed: readonly (readonly [name: string, of: Evaluate])[]): Stage =>
  (next) => ({
    push: (row) =>
      next.push(
        computed.length === 0 ? row : extended(row, new Map(computed.map(([name, of]) => [name, of(row)]))),
      ),
    end: next.end,
  })

export const parseStage =
  (of: Evaluate, read: (text: string) => ReadonlyMap<string, Value> | undefined): Stage =>
  (next) => ({
    push(row) {
      const value = of(row)
      const found = value === null ? undefined : read(String(value))
      return next.push(found ? extended(row, found) : row)
    },
    end: next.end,
  })

export const limitStage =
  (limit: number): Stage =>
  (next) => {
    let count = 0
    return {
      push(row) {
        if (count >= limit) return false
        count += 1
        return next.push(row) && count < limit
      },
      end: next.end,
    }
  }

/** `keep` is how many rows at the front whatever comes next can want at most. */
export const sortStage =
  (by: readonly { readonly of: Evaluate; readonly descending: boolean }[], keep: number): Stage =>
  (next, memory) => {
    const held: { readonly row: Row; readonly keys: readonly Value[]; readonly bytes: number }[] = []
    const sort = (): void => {
      held.sort((one, other) => {
        for (const [index, { descending }] of by.entries()) {
          const order = compare(one.keys[index] ?? null, other.keys[index] ?? null)
          if (order !== 0) return descending ? -order : order
        }
        return 0
      })
    }
    return {
      push(row) {
        const keys = by.map(({ of }) => of(row))
        const bytes = row.bytes + sizeOfAll(keys)
        memory.take(bytes)
        held.push({ row, keys, bytes })
        if (held.length >= 2 * keep + 1_000) {
          sort()
          for (const dropped of held.splice(keep)) memory.give(dropped.bytes)
        }
        if (held.length > rowsMax) throw new TooMuch()
        return true
      },
      end() {
        sort()
        for (const { row } of held) if (!next.push(row)) break
        next.end()
      },
    }
  }

export const dedupStage =
  (by: readonly Evaluate[]): Stage =>
  (next, memory) => {
    const seen = new Set<string>()
    return {
      push(row) {
        const values = by.map((of) => of(row))
        // What lacks a field is no duplicate of anything.
        if (values.some((value) => value === null)) return next.push(row)
        const key = JSON.stringify(values.map(String))
        if (seen.has(key)) return true
        if (seen.size >= rowsMax) throw new TooMuch()
        memory.take(sizeOf(key))
        seen.add(key)
        return next.push(row)
      },
      end: next.end,
    }
  }

export const statsStage =
  (
    made: readonly { readonly name: string; readonly make: (memory: Memory) => Aggregate }[],
    by: readonly { readonly name: string; readonly of: Evaluate }[],
  ): Stage =>
  (next, memory) => {
    const groups = new Map<string, { readonly keys: readonly Value[]; readonly all: readonly Aggregate[] }>()
    return {
      push(row) {
        const keys = by.map(({ of }) => of(row))
        const id = JSON.stringify(keys)
        let group = groups.get(id)
        if (!group) {
          if (groups.size >= groupsMax) throw new TooMuch()
          memory.take(sizeOf(id) + sizeOfAll(keys) + made.length * aggregateBytes)
          groups.set(id, (group = { keys, all: made.map(({ make }) => make(memory)) }))
        }
        for (const one of group.all) one.add(row)
        return true
      },
      end() {
        for (const { keys, all } of groups.values()) {
          const values = new Map<string, Value>(by.map(({ name }, index) => [name, keys[index] ?? null]))
          for (const [index, { name }] of made.entries()) values.set(name, all[index]?.result() ?? null)
          const bytes = sizeOfAll([...values.values()])
          if (!next.push({ get: (field) => values.get(field) ?? null, bytes })) break
        }
        next.end()
      },
    }
  }
