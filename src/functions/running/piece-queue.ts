import type { ResponseStream, StreamEnd, StreamPart } from '../function-spec.ts'

/** Pieces between a function that writes and whoever reads: bounded, so that a fast writer waits for a slow reader. */
export class PieceQueue implements ResponseStream {
  readonly #bytesMax: number
  #pieces: Uint8Array[] = []
  #bytes = 0
  #end: StreamEnd | undefined
  #cancelled = false
  #reader: ((part: StreamPart) => void) | undefined
  #writer: (() => void) | undefined

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Takes a piece; false: the writer is to wait for `onRoom`. */
  push(piece: Uint8Array): boolean {
    if (this.#cancelled || this.#end) return true
    this.#pieces.push(piece)
    this.#bytes += piece.length
    this.#give()
    return this.#bytes <= this.#bytesMax
  }

  onRoom(writer: () => void): void {
    this.#writer = writer
  }

  /** Nothing comes any more; only the first end counts. */
  end(end: StreamEnd): void {
    this.#end ??= end
    this.#give()
  }

  read(): Promise<StreamPart> {
    return new Promise((resolve) => {
      this.#reader = resolve
      this.#give()
    })
  }

  cancel(): void {
    this.#cancelled = true
    this.#take()
  }

  #give(): void {
    const reader = this.#reader
    if (!reader || (this.#pieces.length === 0 && !this.#end)) return
    this.#reader = undefined
    const end = this.#end
    reader({ pieces: this.#take(), ...(end && { end }) })
  }

  #take(): readonly Uint8Array[] {
    const pieces = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    const writer = this.#writer
    this.#writer = undefined
    writer?.()
    return pieces
  }
}
