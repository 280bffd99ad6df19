import { changesOf, type Store } from '#core/store/index.ts'
import {
  type MessageDocument,
  messages,
  type QueueDocument,
  queueKeyOf,
  queues as queueCollection,
} from './documents.ts'
import { Heap } from './heap.ts'

/** What a lane knows of one message. */
interface Waiting {
  /** The id of its document. */
  readonly id: string
  readonly order: string
  readonly visibleAtMs: number
  readonly received: boolean
  readonly sentAtMs: number
  readonly generation: number
  readonly bytes: number
}

/**
 * Messages of which one must be received before the next: a message group of a FIFO queue, or a single message of a standard queue.
 */
interface Lane {
  readonly name: string
  /** In the order in which they are received. */
  readonly waiting: Waiting[]
  /** When its first message may be received: not while any that was received is still hidden. */
  availableAtMs: number
  /** Moves with every change, so that older places in the heap can be told. */
  stamp: number
}

interface Place {
  readonly lane: Lane
  readonly stamp: number
  readonly atMs: number
  readonly turn: number
}

interface QueueLanes {
  readonly lanes: Map<string, Lane>
  readonly due: Heap<Place>
  messages: number
  bytes: number
}

/** A lane that a receive looks at, which no other receive of this worker is shown meanwhile. */
export interface Claim {
  readonly queueKey: string
  readonly lane: string
  /** The ids of its first messages, in their order. */
  readonly ids: readonly string[]
}

export interface QueueCounts {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
}

/**
 * Knows which messages may be received next, so that a receive looks at those alone. It follows the change log and decides nothing: what
 * it offers is read again in the transaction, which the commit validates.
 */
export interface Lanes {
  /** The lane that has been available longest. Give it back once it is known that nothing of it was taken. */
  claim(queueKey: string, nowMs: number): Claim | undefined
  release(claim: Claim): void
  /** Whether anything may be received. */
  isAvailable(queueKey: string, nowMs: number): boolean
  counts(queueKey: string, nowMs: number): QueueCounts
  /** How much a queue holds. */
  holds(queueKey: string): { readonly messages: number; readonly bytes: number }
  /** The ids of messages that may be received, about as they came; of a group, in its order and as far as nothing of it is out. */
  receivable(queueKey: string, nowMs: number, max: number): readonly string[]
  /** The ids of a queue's messages that were sent before a time. */
  sentBefore(queueKey: string, atMs: number, max: number): readonly string[]
  /** Hears of every queue in which something has changed. */
  onChange(listener: (queueKey: string) => void): void
  stop(): void
}

/** For how long a lane is kept from others while a receive that took from it commits. Units: milliseconds. */
const claimMs = 1_000

/** Messages of a lane that are shown at once: more than one receive takes. */
const shownMax = 64

/** Makes it from all messages that are stored, and keeps it up. */
export function createLanes(store: Pick<Store, 'read' | 'tail'>): Lanes {
  const queues = new Map<string, QueueLanes>()
  const listeners: ((queueKey: string) => void)[] = []
  /** Of queues that exist: messages of an earlier generation were purged. */
  const generations = new Map<string, number>()
  let turn = 0

  function place(queue: QueueLanes, lane: Lane, atMs: number): void {
    lane.stamp += 1
    turn += 1
    queue.due.push({ lane, stamp: lane.stamp, atMs, turn })
    if (queue.due.size > 2 * queue.lanes.size + 64) queue.due.retain(isCurrent)
  }

  function add(id: string, message: MessageDocument): void {
    const queueKey = queueKeyOf(id)
    if (message.generation !== generations.get(queueKey)) return
    let queue = queues.get(queueKey)
    if (!queue)
      queues.set(queueKey, (queue = { lanes: new Map(), due: new Heap(isDueBefore), messages: 0, bytes: 0 }))
    const name = laneOf(id, message)
    let lane = queue.lanes.get(name)
    if (!lane) queue.lanes.set(name, (lane = { name, waiting: [], availableAtMs: 0, stamp: 0 }))
    insert(lane.waiting, {
      id,
      order: message.sequenceNumber ?? '',
      visibleAtMs: message.visibleAtMs,
      // In this queue: a dead letter was received in another.
      received: message.receivedAtMs !== undefined,
      sentAtMs: message.sentAtMs,
      generation: message.generation,
      bytes: message.bytes,
    })
    queue.messages += 1
    queue.bytes += message.bytes
    lane.availableAtMs = availableAt(lane)
    place(queue, lane, lane.availableAtMs)
  }

  function remove(id: string, message: MessageDocument): void {
    const queueKey = queueKeyOf(id)
    const queue = queues.get(queueKey)
    const lane = queue?.lanes.get(laneOf(id, message))
    const at = lane?.waiting.findIndex((one) => one.id === id) ?? -1
    if (!queue || !lane || at < 0) return
    lane.waiting.splice(at, 1)
    queue.messages -= 1
    queue.bytes -= message.bytes
    lane.stamp += 1
    if (lane.waiting.length === 0) queue.lanes.delete(lane.name)
    else {
      lane.availableAtMs = availableAt(lane)
      place(queue, lane, lane.availableAtMs)
    }
    if (queue.messages === 0) queues.delete(queueKey)
  }

  /** The place of the lane that has been due longest. */
  function top(queue: QueueLanes, nowMs: number): Place | undefined {
    for (let first = queue.due.peek(); first; first = queue.due.peek()) {
      if (isCurrent(first)) return first.atMs <= nowMs ? first : undefined
      queue.due.pop()
    }
    return undefined
  }

  /** A purge or a deletion leaves nothing that waits. */
  function follow(before: QueueDocument | undefined, after: QueueDocument | undefined): void {
    if (before && before.generation !== after?.generation) queues.delete(before.key)
    if (before && before.key !== after?.key) generations.delete(before.key)
    if (after) generations.set(after.key, after.generation)
  }

  for (const { document } of store.read.everywhere(queueCollection)) follow(undefined, document)
  // In the order of their groups, so that each comes to stand behind the others.
  const stored = [...store.read.everywhere(messages)].sort((one, other) =>
    compare(orderOf(one.document), orderOf(other.document)),
  )
  for (const { id, document } of stored) add(id, document)
  const unfollow = store.tail((change) => {
    for (const { before, after } of changesOf(queueCollection, change)) follow(before, after)
    for (const { id, before, after } of changesOf(messages, change)) {
      if (before) remove(id, before)
      if (after) add(id, after)
      for (const listener of listeners) listener(queueKeyOf(id))
    }
  })

  return {
    claim(queueKey, nowMs) {
      const queue = queues.get(queueKey)
      const first = queue && top(queue, nowMs)
      if (!first) return undefined
      queue.due.pop()
      const { lane } = first
      place(queue, lane, nowMs + claimMs)
      return { queueKey, lane: lane.name, ids: lane.waiting.slice(0, shownMax).map(({ id }) => id) }
    },
    release({ queueKey, lane: name }) {
      const queue = queues.get(queueKey)
      const lane = queue?.lanes.get(name)
      if (queue && lane) place(queue, lane, lane.availableAtMs)
    },
    isAvailable(queueKey, nowMs) {
      const queue = queues.get(queueKey)
      return queue !== undefined && top(queue, nowMs) !== undefined
    },
    counts(queueKey, nowMs) {
      let [visible, inFlight, delayed] = [0, 0, 0]
      for (const { waiting } of queues.get(queueKey)?.lanes.values() ?? []) {
        for (const { visibleAtMs, received } of waiting) {
          if (visibleAtMs <= nowMs) visible += 1
          else if (received) inFlight += 1
          else delayed += 1
        }
      }
      return { visible, inFlight, delayed }
    },
    holds: (queueKey) => queues.get(queueKey) ?? { messages: 0, bytes: 0 },
    receivable(queueKey, nowMs, max) {
      const ids: string[] = []
      for (const { availableAtMs, waiting } of queues.get(queueKey)?.lanes.values() ?? []) {
        if (availableAtMs > nowMs) continue
        for (const { id, visibleAtMs } of waiting) {
          if (ids.length >= max) return ids
          if (visibleAtMs > nowMs) break
          ids.push(id)
        }
      }
      return ids
    },
    sentBefore(queueKey, atMs, max) {
      const ids: string[] = []
      for (const { waiting } of queues.get(queueKey)?.lanes.values() ?? []) {
        for (const { id, sentAtMs } of waiting) {
          if (ids.length >= max) return ids
          if (sentAtMs < atMs) ids.push(id)
        }
      }
      return ids
    },
    onChange: (listener) => void listeners.push(listener),
    stop: unfollow,
  }
}

function isCurrent({ lane, stamp }: Place): boolean {
  return lane.stamp === stamp
}

function isDueBefore(one: Place, other: Place): boolean {
  return one.atMs === other.atMs ? one.turn < other.turn : one.atMs < other.atMs
}

function laneOf(id: string, { groupId, sequenceNumber }: MessageDocument): string {
  return groupId !== undefined && sequenceNumber !== undefined ? `group ${groupId}` : id
}

/** Puts a message in its place: behind all others, or, once it was received, before them. */
function insert(waiting: Waiting[], one: Waiting): void {
  let [low, high] = [0, waiting.length]
  if ((waiting[high - 1]?.order ?? '') <= one.order) low = high
  while (low < high) {
    const middle = (low + high) >> 1
    if ((waiting[middle]?.order ?? '') > one.order) high = middle
    else low = middle + 1
  }
  waiting.splice(low, 0, one)
}

/** By what messages of all queues are sorted so that those of each group are. */
function orderOf({ sequenceNumber = '', sentAtMs }: MessageDocument): string {
  return sequenceNumber === '' ? `0 ${String(sentAtMs).padStart(15, '0')}` : `1 ${sequenceNumber}`
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/**
 * When a lane's first message may be received. Those that were received stand before all others, and are few: none is received while one
 * of them is hidden.
 */
function availableAt({ waiting }: Lane): number {
  let atMs = waiting[0]?.visibleAtMs ?? 0
  for (const { received, visibleAtMs } of waiting) {
    if (!received) break
    if (visibleAtMs > atMs) atMs = visibleAtMs
  }
  return atMs
}
