/** A piece of a template: text to be kept, or a placeholder and whether it stands within a JSON string. */
export type Piece = { readonly text: string } | { readonly placeholder: string; readonly quoted: boolean }

const placeholder = /<([A-Za-z0-9_.-]+)>/y
const space = /\s/

/** Whether a template makes an object or a list. Any other is text, with JSON strings in it. */
export function isJsonTemplate(template: string): boolean {
  const [first] = template.trimStart()
  return first === '{' || first === '['
}

/** Takes a template apart. What JSON does not need between its tokens is left out. */
export function parseTemplate(template: string): readonly Piece[] {
  const minified = isJsonTemplate(template)
  const pieces: Piece[] = []
  let text = ''
  let quoted = false
  for (let index = 0; index < template.length; index += 1) {
    placeholder.lastIndex = index
    const found = placeholder.exec(template)
    if (found !== null) {
      pieces.push({ text }, { placeholder: found[1] ?? '', quoted })
      text = ''
      index = placeholder.lastIndex - 1
      continue
    }
    const mark = template[index] ?? ''
    if (minified && !quoted && space.test(mark)) continue
    text += mark
    if (mark === '"') quoted = !quoted
    else if (mark === '\\' && quoted) {
      index += 1
      text += template[index] ?? ''
    }
  }
  return [...pieces, { text }]
}
