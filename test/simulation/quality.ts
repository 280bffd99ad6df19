import assert from 'node:assert/strict'
import {
  allDetectors,
  createDetection,
  type Detection,
  type DetectionState,
  type Signal,
} from '#engines/detect/index.ts'
import { techniques } from './attacks.ts'
import { addresses, surroundings } from './places.ts'
import { type Fortnight, quietFortnight } from './organization.ts'
import { type Seen, type Stage, stage } from './stage.ts'
import type { Technique } from './technique.ts'
import { threats } from './threats.ts'

/** A finding by what tells it from others, with what made it. */
export interface Found {
  readonly type: string
  readonly key: string
  readonly first: Signal
  readonly count: number
}

/** What was said of an attack, and of what looks like it. */
export interface Outcome {
  readonly technique: Technique
  /** The types of its own that told of it, by credentials used from outside, and by the same from the usual place. */
  readonly outside: readonly string[]
  readonly inside: readonly string[]
  /** Findings of any type on what is no attack. */
  readonly ofTwin: readonly string[]
}

export interface Quality {
  readonly days: number
  readonly quiet: readonly Found[]
  /** Of the known techniques. */
  readonly outcomes: readonly Outcome[]
  /** Of the other threats; from the usual place means nothing there. */
  readonly ofThreats: readonly Outcome[]
}

/** Lets all detectors learn a quiet fortnight, and then shows them each attack and its twin by itself. */
export function measureQuality(seed: number): Quality {
  const fortnight = quietFortnight(seed)
  const detection = newDetection()
  const quiet = findingsOf(signalsOf(detection, streamOf(fortnight)))
  const learnt = lasting(detection.state())
  const typesOf = (play: (stage: Stage) => void, at: number, isInside = false): readonly string[] => {
    const set = stage(at + 1, seed)
    play(isInside ? { ...set, thief: set.developer, stolenShop: set.shop } : set)
    const found = findingsOf(signalsOf(newDetection(structuredClone(learnt)), set.seen))
    return [...new Set(found.map(({ type }) => type))]
  }
  const outcomeOf = (technique: Technique, at: number): Outcome => {
    const own = (types: readonly string[]) => types.filter((type) => technique.types.includes(type))
    return {
      technique,
      outside: own(typesOf(technique.attack, at)),
      inside: own(typesOf(technique.attack, at, true)),
      ofTwin: typesOf(technique.nearMiss, at),
    }
  }
  return {
    ...{ days: fortnight.days, quiet },
    outcomes: techniques.map(outcomeOf),
    ofThreats: threats.map((threat, at) => outcomeOf(threat, techniques.length + at)),
  }
}

/** What matters on the next day: visitors of a web site are remembered for minutes, and there are many. */
function lasting({ memories }: DetectionState): DetectionState {
  const passing = new Set(allDetectors.filter(({ source }) => source === 'web').map(({ name }) => name))
  return {
    seen: {},
    memories: Object.fromEntries(Object.entries(memories).filter(([name]) => !passing.has(name))),
  }
}

function newDetection(state?: DetectionState): Detection {
  const onFault = (detector: string, error: unknown): never => assert.fail(`${detector}: ${String(error)}`)
  return createDetection({ detectors: allDetectors, surroundings, onFault, ...(state && { state }) })
}

function* streamOf({ cloudTrail, flow, dns, web }: Fortnight): Generator<Seen> {
  for (const record of cloudTrail) yield { source: 'cloudTrail', record }
  for (const record of flow) yield { source: 'flow', record }
  for (const record of dns) yield { source: 'dns', record }
  for (const record of web) yield { source: 'web', record }
}

export function signalsOf({ see }: Detection, stream: Iterable<Seen>): readonly Signal[] {
  const signals: Signal[] = []
  for (const { source, record } of stream) signals.push(...see(source, record as never)) // Of its source.
  return signals
}

/** Signals of one type and key are one finding; weak ones are none. */
export function findingsOf(signals: readonly Signal[]): readonly Found[] {
  const byKey = Map.groupBy(
    signals.filter(({ weak }) => weak !== true),
    ({ type, key }) => `${type} ${key}`,
  )
  return [...byKey.values()].flatMap((group) => {
    const [first] = group
    return first ? [{ type: first.type, key: first.key, first, count: group.length }] : []
  })
}

export { addresses }
