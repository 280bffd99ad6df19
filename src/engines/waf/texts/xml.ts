import type { PlacedText } from './pairs.ts'

/** Texts and attribute values of a document; references are left to the detectors. */
export function xmlTexts(xml: string): readonly PlacedText[] {
  const texts: PlacedText[] = []
  let start = 0
  /** The quote that the scan is in; within a tag, not within one; or between tags. */
  let state: '"' | "'" | 'tag' | 'text' = 'text'
  const take = (end: number): void => {
    const text = xml.slice(start, end).trim()
    if (text !== '' && state !== 'tag') texts.push({ place: 'value', text, plus: false })
    start = end + 1
  }
  for (let at = 0; at < xml.length; at += 1) {
    const character = xml.charAt(at)
    if (state === 'text') {
      if (character !== '<') continue
      take(at)
      state = 'tag'
    } else if (state === 'tag') {
      if (character !== '>' && character !== '"' && character !== "'") continue
      take(at)
      state = character === '>' ? 'text' : character
    } else if (character === state) {
      take(at)
      state = 'tag'
    }
  }
  take(xml.length)
  return texts
}
