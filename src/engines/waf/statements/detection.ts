import type { Place } from '../injection/index.ts'
import { always, type Signs } from '../injection/signs/index.ts'
import type { Inspection } from '../inspection.ts'
import { detectorBits, type Part, placesOf } from '../texts/index.ts'
import { EngineStatement } from './kind.ts'

/** A statement that holds where one of the detectors, named as their table does, finds an attack in a part of the request. */
export function detection(part: Part, names: readonly string[]): EngineStatement {
  const asked = placesOf[part]
    .map((place) => ({ place, bits: detectorBits(names, place) }))
    .filter(({ bits }) => bits !== 0)
  return predicate(({ texts }) => asked.some(({ place, bits }) => texts.read(part, place).finds(bits)))
}

/** A test of a text, by itself or beside a detector's answer about the same text. */
export interface TextTest {
  readonly test: (text: string) => boolean
  /** What a text must have for the test to hold: most texts then need not be looked at. */
  readonly needs?: (signs: Signs) => boolean
  /** The detector that has to find something too. */
  readonly detector?: string
}

/** A statement that holds where a text of a part of the request passes; in every place of the part, or in those named. */
export function textTest(
  part: Part,
  given: TextTest | TextTest['test'],
  places: readonly Place[] = placesOf[part],
): EngineStatement {
  const { test, needs = always, detector }: TextTest = typeof given === 'function' ? { test: given } : given
  if (detector === undefined)
    return predicate(({ texts }) => places.some((place) => texts.read(part, place).some(test, needs)))
  const asked = places.map((place) => ({ place, bits: detectorBits([detector], place) }))
  return predicate(({ texts }) =>
    asked.some(({ place, bits }) => {
      const read = texts.read(part, place)
      return read.finds(bits) && read.all.some((text) => text.finds(bits) && test(text.text))
    }),
  )
}

/** A statement about the whole request. */
export function predicate(holds: (inspection: Inspection) => boolean): EngineStatement {
  return new EngineStatement(() => holds)
}
