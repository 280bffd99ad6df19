import { hash } from 'node:crypto'

/** Units: characters. */
const lengthMax = 256

/**
 * A text by which something is remembered: itself, or its digest (SHA-256) where it is long. Whoever chooses a path, a name, or a record without
 * an id chooses how long it is, not how much memory it takes; and nobody finds two that have the same digest.
 */
export function boundedText(text: string): string {
  return text.length > lengthMax ? hash('sha256', text, 'base64') : text
}
