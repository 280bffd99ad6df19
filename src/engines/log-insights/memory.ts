import { TooMuch, type Value } from './value.ts'

/** What a run holds at a time, counted so that one query does not take the memory of all. Units: bytes, about. */
export class Memory {
  #left = 256 * 1024 * 1024

  /** Faults: TooMuch. */
  take(bytes: number): void {
    this.#left -= bytes
    if (this.#left < 0) throw new TooMuch()
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}

/** What a value takes that is held: two bytes a character at most. Units: bytes. */
export function sizeOf(value: Value): number {
  return 16 + (typeof value === 'string' ? 2 * value.length : 0)
}

export function sizeOfAll(values: readonly Value[]): number {
  return values.reduce<number>((sum, value) => sum + sizeOf(value), 0)
}
