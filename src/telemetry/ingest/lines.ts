import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'

/** A text of a file: a line, or what there is of one that is too long or torn. */
export type Piece =
  | {
      readonly kind: 'line'
      readonly text: string
      /** The file's last, without a line end: it may still be being written. */
      readonly isOpen?: true
    }
  | { readonly kind: 'too long' }
  /** What follows cannot be read: the rest of a compressed file is missing or damaged. */
  | { readonly kind: 'torn' }

/** What is longer is passed over. A file of a trail is one line. Units: characters. */
const lineLengthMax = 1 << 28

/** The lines of a file, compressed or not; `onBytes` hears how many bytes of it were read. Faults: throws what the file system says. */
export async function* linesOf(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Piece, void> {
  const file = createReadStream(path)
  file.on('data', (bytes) => onBytes(bytes.length))
  const stream = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  // A pipe hands no fault on.
  if (stream !== file) file.on('error', (error) => stream.destroy(error))
  const decoder = new StringDecoder('utf8')
  let pending: string[] = []
  let length = 0
  let isSkipping = false
  try {
    for await (const bytes of stream) {
      const parts = decoder.write(bytes as Buffer).split('\n') // No encoding is set: buffers.
      for (const [at, part] of parts.entries()) {
        if (at > 0) {
          if (isSkipping) yield { kind: 'too long' }
          else yield* lineOf(pending)
          pending = []
          length = 0
          isSkipping = false
        }
        length += part.length
        if (length > lineLengthMax) {
          isSkipping = true
          pending = []
        } else if (!isSkipping && part !== '') pending.push(part)
      }
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    yield { kind: 'torn' }
    return
  } finally {
    file.destroy()
  }
  if (isSkipping) yield { kind: 'too long' }
  else for (const line of lineOf(pending)) yield { ...line, isOpen: true }
}

function lineOf(parts: readonly string[]): readonly { readonly kind: 'line'; readonly text: string }[] {
  const text = parts.join('')
  return text.trim() === '' ? [] : [{ kind: 'line', text }]
}

/** What zlib says of bytes that are no gzip, or not all of it. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}
