import assert from 'node:assert/strict'
import type { AnyDetector, Detector, SequenceDetector } from './detector.ts'
import { eventNameOf, serviceOf } from './events.ts'
import { Entities } from './memory/entities.ts'
import { flowId } from './memory/flow-id.ts'
import { type RecordId, SeenIds } from './memory/seen-ids.ts'
import { timeOf as readTime } from './reading/time.ts'
import { type CloudTrailRecord, type Source, type Sources, sources } from './records.ts'
import type { Signal } from './signal.ts'
import type { Surroundings } from './surroundings.ts'

/** What detectors remember, as plain JSON: detection goes on from it as if it had never stopped. */
export interface DetectionState {
  /** By source: a busy one pushes out nothing of another. */
  readonly seen: Readonly<Partial<Record<Source, readonly RecordId[]>>>
  /** By the detector's name. */
  readonly memories: Readonly<Record<string, readonly (readonly [string, unknown])[]>>
}

/** What detection runs with: its detectors, what they may ask about, and what it remembered before. */
export interface DetectionOptions {
  readonly detectors: readonly AnyDetector[]
  readonly surroundings: Surroundings
  /** Of how many entities a detector remembers something. */
  readonly entitiesMax?: number | undefined
  /** Told when a detector throws; the others go on. */
  readonly onFault: (detector: string, error: unknown) => void
  readonly state?: DetectionState | undefined
}

/** Detection over a stream of records. */
export interface Detection {
  /** What the detectors say of a record. One that was seen before says nothing. Pure but for what they remember. */
  readonly see: <From extends Source>(source: From, record: Sources[From]) => readonly Signal[]
  readonly state: () => DetectionState
}

const entitiesMaxDefault = 100_000
const seenMax = 131_072

interface Running<Declared> {
  readonly detector: Declared
  readonly entities: Entities<never> | undefined
  readonly groups: Entities<never> | undefined
}
type AnyRunning = Running<Detector<Source, never, never>>
type Said = Signal | readonly Signal[] | undefined

/** Under which name the second memory of a detector is kept. */
const groupsOf = (name: string): string => `${name} of peers`

const nothing: readonly Signal[] = []

/** Makes a detection of detectors: each sees the records of its source, in the order of their coming. */
export function createDetection({
  detectors,
  surroundings,
  entitiesMax = entitiesMaxDefault,
  onFault,
  state,
}: DetectionOptions): Detection {
  const seen = seenOf(state)
  const names = new Set<string>()
  const run = <Declared extends AnyDetector>(declared: Declared): Running<Declared> => {
    assert.ok(!names.has(declared.name), `two detectors are called ${declared.name}`)
    names.add(declared.name)
    const memory = (name: string, fresh: (() => never) | undefined): Entities<never> | undefined => {
      const entities = fresh && new Entities<never>(entitiesMax, fresh)
      entities?.restore((state?.memories[name] ?? []) as readonly [string, never][]) // `state` made it.
      return entities
    }
    const peers = declared.source === 'signal' ? undefined : declared.remembers?.peers
    return {
      detector: declared,
      entities: memory(declared.name, declared.remembers?.fresh),
      groups: memory(groupsOf(declared.name), peers?.fresh),
    }
  }
  const running = detectors.map(run)
  const sequences = running.filter(isOfSequences)
  const ofRecords = running.filter((one): one is AnyRunning => one.detector.source !== 'signal')
  const bySource = Map.groupBy(ofRecords, ({ detector }) => detector.source)
  const byEvent = eventIndex(bySource.get('cloudTrail') ?? [])

  function concerned(source: Source, record: Sources[Source]): readonly AnyRunning[] {
    if (source !== 'cloudTrail') return bySource.get(source) ?? []
    return byEvent(record as CloudTrailRecord) // Its source says so.
  }

  /** What a detector says of a record; nothing where the record is of nobody that it remembers. */
  function saidOf({ detector, entities, groups }: AnyRunning, record: Sources[Source], atMs: number): Said {
    const none = undefined as never // What a detector does not remember it does not look at.
    const { remembers } = detector
    if (entities === undefined || remembers === undefined)
      return detector.see(record, { atMs, memory: none, peers: none, surroundings })
    const entity = remembers.entityOf(record, surroundings) // Detectors of its source alone are asked.
    if (entity === undefined) return undefined
    const peers = groups && remembers.peers ? groups.of(remembers.peers.entityOf(record)) : none
    return detector.see(record, { atMs, memory: entities.of(entity), peers, surroundings })
  }

  function seeSequences(signal: Signal, found: Signal[]): void {
    for (const { detector, entities } of sequences)
      for (const entity of detector.remembers.entitiesOf(signal))
        try {
          const memory = entities?.of(entity) as never // It remembers: its type says so.
          add(
            found,
            detector.see(signal, { atMs: signal.atMs, surroundings, entity, memory, peers: undefined }),
          )
        } catch (error) {
          onFault(detector.name, error)
        }
  }

  return {
    see(source, record) {
      if (!seen[source].isNew(idOf(source, record))) return nothing
      const found: Signal[] = []
      const atMs = timeOf(source, record)
      // One that throws is told of and left out: what others find does not depend on it.
      for (const one of concerned(source, record))
        try {
          add(found, saidOf(one, record, atMs))
        } catch (error) {
          onFault(one.detector.name, error)
        }
      if (found.length === 0) return nothing
      const sequenced: Signal[] = []
      for (const signal of found) seeSequences(signal, sequenced)
      return sequenced.length === 0 ? found : [...found, ...sequenced]
    },

    state: () => ({
      seen: Object.fromEntries(sources.map((source) => [source, seen[source].state()])),
      memories: Object.fromEntries(
        running.flatMap(({ detector: { name }, entities, groups }) => [
          ...(entities ? [[name, entities.state()] as const] : []),
          ...(groups ? [[groupsOf(name), groups.state()] as const] : []),
        ]),
      ),
    }),
  }
}

function seenOf(state: DetectionState | undefined): Readonly<Record<Source, SeenIds>> {
  const restored = (source: Source): SeenIds => {
    const ids = new SeenIds(seenMax)
    ids.restore(state?.seen[source] ?? [])
    return ids
  }
  return {
    cloudTrail: restored('cloudTrail'),
    flow: restored('flow'),
    dns: restored('dns'),
    web: restored('web'),
  }
}

function isOfSequences(one: Running<AnyDetector>): one is Running<SequenceDetector<never>> {
  return one.detector.source === 'signal'
}

function add(found: Signal[], said: Said): void {
  if (said === undefined) return
  if (isMany(said)) found.push(...said)
  else found.push(said)
}

function isMany(said: Signal | readonly Signal[]): said is readonly Signal[] {
  return Array.isArray(said)
}

/** Finds the detectors that look at an event: what most records cost does not grow with the detectors of single events. */
function eventIndex(all: readonly AnyRunning[]): (record: CloudTrailRecord) => readonly AnyRunning[] {
  const always = all.filter(({ detector }) => detector.events === undefined)
  const services = new Map<string, Map<string, AnyRunning[]>>()
  for (const one of all)
    for (const event of one.detector.events ?? []) {
      const [service = '', name = ''] = event.split(':')
      const names = services.get(service) ?? new Map<string, AnyRunning[]>()
      services.set(service, names)
      names.set(name, [...(names.get(name) ?? always), one])
    }
  return (record) => services.get(serviceOf(record))?.get(eventNameOf(record)) ?? always
}

/** What tells a record from all others of its source. */
export function idOf<From extends Source>(source: From, record: Sources[From]): RecordId {
  return ids[source](record)
}

function timeOf<From extends Source>(source: From, record: Sources[From]): number {
  return times[source](record)
}

const ids: { readonly [From in Source]: (record: Sources[From]) => RecordId } = {
  cloudTrail: (record) => record.eventID ?? JSON.stringify(record),
  flow: flowId,
  dns: ({ srcaddr, queryName, queryType, atMs, instanceId = '' }) =>
    `${srcaddr} ${instanceId} ${queryName} ${queryType} ${atMs}`,
  // A client may choose the id, by its X-Amzn-Trace-Id, and send it with each request: that must not make it unseen.
  web: ({ requestId, clientIp, atMs, method, path }) => `${requestId} ${clientIp} ${atMs} ${method} ${path}`,
}

const times: { readonly [From in Source]: (record: Sources[From]) => number } = {
  cloudTrail: ({ eventTime }) => readTime(eventTime),
  flow: ({ endMs }) => endMs,
  dns: ({ atMs }) => atMs,
  web: ({ atMs }) => atMs,
}
