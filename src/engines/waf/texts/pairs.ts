import type { Place } from '../injection/index.ts'

/** A text as it stands in the request, in Latin-1; `plus`: whether a plus sign in it is a space. */
export interface PlacedText {
  readonly place: Place
  readonly text: string
  readonly plus: boolean
}

/** The names and values of a query string or of a form. */
export function pairTexts(text: string): readonly PlacedText[] {
  return text.split('&').flatMap((pair): readonly PlacedText[] => {
    const equals = pair.indexOf('=')
    const name: PlacedText = { place: 'name', text: equals < 0 ? pair : pair.slice(0, equals), plus: true }
    return equals < 0 ? [name] : [name, { place: 'value', text: pair.slice(equals + 1), plus: true }]
  })
}
