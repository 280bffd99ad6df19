import { detectorNamed, type Place } from '../injection/index.ts'
import type { Inspection, Matches } from '../inspection.ts'
import { type Part, placesOf } from '../texts/index.ts'
import { plainField } from './inspected.ts'
import { type Build, EngineStatement } from './kind.ts'
import { anyOf } from './logic.ts'

/** A statement that holds where one of the detectors, named as their table does, finds an attack in a part of the request. */
export function detection(part: Part, names: readonly string[]): EngineStatement {
  const chosen = names.map(detectorNamed)
  return new EngineStatement((build) =>
    anyOf(
      placesOf[part].flatMap((place) =>
        chosen
          .filter(({ places }) => places?.includes(place) ?? true)
          .map(({ test }) => someText(build, part, place, test)),
      ),
    ),
  )
}

/** A statement that holds where a text of a part of the request passes; in every place of the part, or in those named. */
export function textTest(
  part: Part,
  test: (text: string) => boolean,
  places: readonly Place[] = placesOf[part],
): EngineStatement {
  return new EngineStatement((build) => anyOf(places.map((place) => someText(build, part, place, test))))
}

/** A statement about the whole request. */
export function predicate(holds: (inspection: Inspection) => boolean): EngineStatement {
  return new EngineStatement(() => holds)
}

/** The texts of a place are an input as every other: they are computed once for all rules. */
function someText(build: Build, part: Part, place: Place, test: (text: string) => boolean): Matches {
  const field = plainField(`texts:${part}:${place}`, ({ texts }) => texts.of(part, place))
  return build.inputs.of(field, [], []).some(test)
}
