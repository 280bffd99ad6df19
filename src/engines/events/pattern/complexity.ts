import { Refusal } from './refusal.ts'
import type { Branch, ValueTest } from './pattern.ts'

/**
 * How many places of a field's wildcard texts a reader may have to keep in mind at once.
 * Source: EventBridge User Guide, "Considerations when using wildcards": more is refused, without the number. PutRule took a rule of
 * nine such places and refused one of twelve.
 */
export const placesMax = 10
/** Sets of places that are looked at before a pattern counts as too complex. */
const setsMax = 20_000

/** Refuses a pattern whose wildcards keep too many places in mind. Source: event-ruler, `MachineComplexityEvaluator`. */
export function refuseTooComplex(branches: readonly Branch[]): void {
  const fields = new Map<string, Set<readonly ValueTest[]>>()
  for (const { path, tests } of new Set(branches.flat())) {
    const name = JSON.stringify(path)
    fields.set(name, (fields.get(name) ?? new Set()).add(tests))
  }
  for (const tests of fields.values())
    if (wildcardPlaces([...tests].flat()) > placesMax)
      throw new Refusal(
        'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
      )
}

/** A place in wildcard texts, behind a character or in a wildcard, and where the next character may lead. */
interface Place {
  readonly number: number
  readonly loops: boolean
  readonly next: Map<string, Place>
  wildcard: Place | undefined
}

/** The most places that some text leads to at once; more than `placesMax` where that many were met, or the search was given up. */
function wildcardPlaces(tests: readonly ValueTest[]): number {
  const starts = new WildcardPlaces(tests).starts
  const seen = new Set<string>()
  const open: (readonly Place[])[] = [starts]
  let most = 0
  for (let set = open.pop(); set !== undefined; set = open.pop()) {
    for (const reached of successors(set)) {
      const name = reached.map(({ number }) => number).join()
      if (seen.has(name)) continue
      seen.add(name)
      most = Math.max(most, reached.length)
      if (most > placesMax || seen.size > setsMax) return placesMax + 1
      open.push(reached)
    }
  }
  return most
}

/** The places of several tests; texts of one test share what they have in common. */
class WildcardPlaces {
  readonly starts: Place[] = []
  #count = 0

  constructor(tests: readonly ValueTest[]) {
    for (const test of tests) {
      const texts = (test.kind === 'anything-but' ? test.tests : [test]).filter(
        (each) => each.kind === 'wildcard',
      )
      if (texts.length === 0) continue
      const start = this.#place(false)
      for (const { pieces } of texts) this.#add(start, pieces)
      this.starts.push(start)
    }
  }

  #place(loops: boolean): Place {
    this.#count += 1
    return { number: this.#count, loops, next: new Map(), wildcard: undefined }
  }

  #add(start: Place, pieces: readonly string[]): void {
    // The quotes that begin and end a text are characters of it.
    const texts = pieces.map(
      (piece, index) => `${index === 0 ? '"' : ''}${piece}${index === pieces.length - 1 ? '"' : ''}`,
    )
    let place = start
    for (const [index, text] of texts.entries()) {
      if (index > 0) {
        place.wildcard ??= this.#place(true)
        place = place.wildcard
      }
      for (const unit of text.split('')) {
        const next = place.next.get(unit) ?? this.#place(false)
        place.next.set(unit, next)
        place = next
      }
    }
  }
}

function successors(set: readonly Place[]): readonly (readonly Place[])[] {
  const loops = set.filter(({ loops }) => loops)
  const units = new Set(set.flatMap(({ next }) => [...next.keys()]))
  return [...units].map((unit) => {
    const reached = new Set(loops)
    for (const { next } of set) {
      const place = next.get(unit)
      if (place === undefined) continue
      reached.add(place)
      if (place.wildcard !== undefined) reached.add(place.wildcard)
    }
    return [...reached].sort((one, other) => one.number - other.number)
  })
}
