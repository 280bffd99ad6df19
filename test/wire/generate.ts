import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { patternCheck } from '#wire/pattern.ts'
import type { ListShape, MapShape, Member, Protocol, Ref, StringShape, StructureShape } from '#wire/shapes.ts'
import { patternSamples } from './pattern-samples.ts'

/** What a protocol, or a client that speaks it, cannot carry. */
export interface Carries {
  readonly protocol: Protocol
  /** Whether the client's own model has the member: it may be older than ours. */
  readonly knows: (shape: StructureShape, member: Member) => boolean
}

/** Random numbers from a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A shape that no generated value can satisfy; the test counts them. */
export class CannotGenerate extends Error {}

/** Makes random values of a model's shapes, all constraints kept. */
export class Generator {
  readonly #random: () => number
  readonly #carries: Carries
  /** Values made for the top-level structure so far: large structures stay of a size that can be read when a test fails. */
  #made = 0

  constructor(random: () => number, carries: Carries) {
    this.#random = random
    this.#carries = carries
  }

  structure(shape: StructureShape): Record<string, unknown> {
    this.#made = 0
    return this.#structure(shape, 0)
  }

  #structure(shape: StructureShape, depth: number): Record<string, unknown> {
    const known = shape.members.filter(
      (member) => this.#carries.knows(shape, member) && this.#writable(member),
    )
    const chosen = shape.union
      ? [this.#pick(known)]
      : known.filter((member) => this.#wanted(shape, member, depth))
    const value: Record<string, unknown> = {}
    for (const member of chosen) {
      if (!member) throw new CannotGenerate(`${shape.name} has no member`)
      try {
        value[member.name] =
          member.location === 'uri' ? this.#label(member, depth) : this.#value(member, depth)
      } catch (error) {
        if (!(error instanceof CannotGenerate) || member.required || shape.union) throw error
      }
    }
    return value
  }

  /** A path segment that is dots alone, or empty, is signed as another path, and refused. */
  #label(member: Member, depth: number): unknown {
    const value = this.#value(member, depth)
    const isAmbiguous = typeof value === 'string' && /(?:^|\/)\.{0,2}(?:\/|$)/.test(value)
    return isAmbiguous ? this.#label(member, depth) : value
  }

  #wanted(shape: StructureShape, member: Member, depth: number): boolean {
    if (member.required || member.idempotencyToken || member.location === 'statusCode') return true
    // Without these the SDK cannot tell an absent value from an empty body, or from the transport's own header.
    if (shape.payload?.name === member.name || member.locationName?.toLowerCase() === 'content-type')
      return true
    if (this.#made > 150 || depth > 5) return false
    return this.#random() < (depth < 2 ? 0.6 : 0.35)
  }

  /** The query protocols have no form for a structure without members. */
  #writable({ shape }: Member): boolean {
    if (shape.type === 'eventstream') return false
    return (
      !this.#isQuery || shape.type !== 'structure' || shape.members.some((member) => this.#writable(member))
    )
  }

  get #isQuery(): boolean {
    return this.#carries.protocol === 'query' || this.#carries.protocol === 'ec2'
  }

  #value(ref: Ref, depth: number): unknown {
    this.#made += 1
    const { shape } = ref
    switch (shape.type) {
      case 'structure': {
        const made = this.#structure(shape, depth + 1)
        return this.#isQuery && Object.keys(made).length === 0 ? this.#oneMember(shape, depth + 1) : made
      }
      case 'list':
        return this.#list(shape, depth, ref)
      case 'map':
        return this.#map(shape, depth)
      case 'string':
        return this.#string(shape, ref)
      case 'boolean':
        return this.#random() < 0.5
      case 'integer':
      case 'long':
        return ref.location === 'statusCode' ? 200 : this.#integer(shape.type, shape.min, shape.max)
      case 'float':
      case 'double':
        return this.#float(shape.min, shape.max)
      case 'timestamp':
        return this.#date(ref)
      case 'blob':
        return this.#bytes(shape.min ?? 0, shape.max ?? 40)
      case 'document':
        return { text: 'x', list: [1, null, { deep: true }] }
      case 'eventstream':
        break
    }
    throw new CannotGenerate(shape.name)
  }

  #oneMember(shape: StructureShape, depth: number): Record<string, unknown> {
    for (const member of shape.members.filter(
      (each) => this.#writable(each) && this.#carries.knows(shape, each),
    )) {
      if (member.shape.type !== 'structure' || depth < 8) return { [member.name]: this.#value(member, depth) }
    }
    throw new CannotGenerate(shape.name)
  }

  #list(shape: ListShape, depth: number, ref: Ref): readonly unknown[] {
    // A query cannot write an empty list everywhere, nor can a header or a query string.
    const least = Math.max(shape.min ?? 0, this.#isQuery || ref.location !== undefined ? 1 : 0)
    const count = Math.min(least + this.#below(depth > 3 ? 1 : 3), shape.max ?? 3)
    return Array.from({ length: Math.max(count, least) }, () =>
      this.#value({ ...shape.member, ...bound(ref) }, depth + 1),
    )
  }

  #map(shape: MapShape, depth: number): Record<string, unknown> {
    const least = Math.max(shape.min ?? 0, this.#isQuery ? 1 : 0)
    const count = Math.min(least + this.#below(3), shape.max ?? Infinity)
    const map: Record<string, unknown> = {}
    for (let tries = 0; tries < 50 && Object.keys(map).length < count; tries++) {
      map[String(this.#value(shape.key, depth + 1))] = this.#value(shape.value, depth + 1)
    }
    if (Object.keys(map).length < least) throw new CannotGenerate(shape.name)
    return map
  }

  #string(shape: StringShape, ref: Ref): string {
    if (shape.enum) return this.#pick(shape.enum) ?? ''
    const { min = 0, max = Infinity, pattern } = shape
    if (pattern !== undefined) {
      const samples = samplesOf(pattern, min, max).filter(
        (sample) => ref.location === undefined || /^[!-~]+$/.test(sample),
      )
      const sample = this.#pick(samples)
      if (sample === undefined) throw new CannotGenerate(`${shape.name}: ${pattern}`)
      return sample
    }
    const alphabet = ref.location === undefined ? everyday : plain
    const least = Math.max(min, ref.location === undefined ? 0 : 1)
    const length = Math.min(least + this.#below(12), max)
    const made = Array.from({ length }, () => this.#pick(alphabet) ?? '').join('')
    // The SDK's XML reader takes text of nothing but blanks for indentation.
    return made.trim() === '' ? made.replaceAll(/\s/g, 'x') : made
  }

  #integer(type: 'integer' | 'long', min: number | undefined, max: number | undefined): number {
    const [lowest, highest] = type === 'integer' ? [-(2 ** 31), 2 ** 31 - 1] : [-(2 ** 53 - 1), 2 ** 53 - 1]
    const least = Math.max(min ?? -100, lowest)
    const most = Math.min(max ?? highest, highest)
    return this.#random() < 0.2 ? most : Math.min(least + this.#below(200), most)
  }

  #float(min: number | undefined, max: number | undefined): number {
    const least = min ?? -8
    return Math.min(least + this.#below(64) / 8, max ?? Infinity)
  }

  #date({ location, timestampFormat }: Ref): Date {
    const wholeSeconds = location === 'header' || timestampFormat === 'rfc822'
    const milliseconds = this.#below(2_000_000_000_000)
    return new Date(wholeSeconds ? Math.floor(milliseconds / 1000) * 1000 : milliseconds)
  }

  #bytes(min: number, max: number): Uint8Array {
    const length = Math.min(min + 1 + this.#below(20), Math.max(max, min))
    return Uint8Array.from({ length }, () => this.#below(256))
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[this.#below(from.length)]
  }
}

/** Elements of a bound list are written where the list is. */
function bound({ location }: Ref): Partial<Ref> {
  return location === undefined ? {} : { location }
}

const plain = Array.from('abcXYZ019-_.~:/?#[]@!$&()*+;=%')
const everyday = Array.from('abcXYZ019-_.:/=+<>&"\'%? \\{}[]\néß漢😀')

const samples = new Map<string, readonly string[]>()

/** Strings that match a pattern and its lengths: from fast-check, or from the table where it cannot make them. */
function samplesOf(pattern: string, min: number, max: number): readonly string[] {
  const key = `${min} ${max} ${pattern}`
  const known = samples.get(key)
  if (known) return known
  const matches = patternCheck(pattern)
  const fits = (sample: string) => sample.length >= min && sample.length <= max && matches(sample)
  const stretched = (made: readonly string[]) =>
    made.flatMap((sample) =>
      sample.length < min && sample !== ''
        ? [sample, sample.repeat(Math.ceil(min / sample.length))]
        : [sample],
    )
  const simple = stretched([...(patternSamples.get(pattern) ?? []), ...everyPattern]).filter(fits)
  // fast-check takes its time with some patterns, so it is asked where nothing simple will do.
  const found = simple.length > 0 ? simple : stretched(generated(pattern)).filter(fits)
  samples.set(key, found)
  return found
}

/** Seeded by the pattern, so that a run can be repeated whatever was sampled before. */
function generated(pattern: string): readonly string[] {
  const seed = createHash('sha256').update(pattern).digest().readInt32LE()
  try {
    return fc.sample(fc.stringMatching(new RegExp(`^(?:${pattern})$`)), { numRuns: 12, seed })
  } catch {
    return [] // fast-check knows no look-around, no Unicode classes; the table has samples for those.
  }
}

/** What many patterns of names, ids and ARNs accept. */
const everyPattern = [
  'a',
  'abc',
  'Abc-123',
  'abcdef012345',
  '123456789012',
  'a/b',
  'arn:aws:iam::123456789012:role/abc',
  '{}',
]
