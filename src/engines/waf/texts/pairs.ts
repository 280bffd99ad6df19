import type { Place } from '../injection/index.ts'

/** A text as it stands in the request, in Latin-1; `plus`: whether a plus sign in it is a space. */
export interface PlacedText {
  readonly place: Place
  readonly text: string
  readonly plus: boolean
}

/** The names and values of a query string or of a form. */
export function pairTexts(text: string): readonly PlacedText[] {
  const texts: PlacedText[] = []
  let value = ''
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=')
    texts.push({ place: 'name', text: equals < 0 ? pair : pair.slice(0, equals), plus: true })
    // No name begins with a space: what was sent without escapes goes on, `10.0.0.1 && ls`.
    const goesOn = pair === '' || /^(?:[ +]|%20)/.test(pair)
    value = goesOn ? `${value}&${pair}` : pair.slice(equals + 1)
    if (goesOn && pair !== '') {
      texts.push({ place: 'value', text: value, plus: true })
      // Each part is in one such text, or many of them would make a square of their lengths.
      value = ''
    }
    if (equals >= 0) texts.push({ place: 'value', text: pair.slice(equals + 1), plus: true })
  }
  return texts
}
