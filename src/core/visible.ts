/**
 * What a terminal, or who reads a line, takes for more than a letter: controls of both sets (U+009B begins a command to a terminal as ESC `[` does),
 * ends of lines and paragraphs, and marks that turn the direction of what follows.
 */
const commanding = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** A text of somebody else for a line that people read: what would command is written as `\u001b` is here. */
export function visible(text: string): string {
  return text.replace(commanding, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
