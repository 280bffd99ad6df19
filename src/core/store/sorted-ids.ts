/** Ids in a block before it is split. Moving this many pointers costs less than a microsecond. */
const blockMax = 512

/**
 * A sorted set of ids (by UTF-16 code units) in blocks: adding, removing and starting to read at a marker stay cheap with
 * hundreds of thousands of ids, and ids that arrive in order fill their blocks to the brim.
 */
export class SortedIds {
  readonly #blocks: string[][] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds an id; an id that is there already stays once. */
  add(id: string): void {
    const at = this.#blockFor(id)
    const block = this.#blocks[at]
    if (block === undefined) {
      this.#blocks.push([id])
      this.#size++
      return
    }
    const position = lowerBound(block, id)
    if (block[position] === id) return
    this.#size++
    if (block.length < blockMax) block.splice(position, 0, id)
    else if (position === block.length) this.#blocks.splice(at + 1, 0, [id])
    else {
      block.splice(position, 0, id)
      this.#blocks.splice(at + 1, 0, block.splice(blockMax / 2))
    }
  }

  /** Removes an id, if it is there. */
  delete(id: string): void {
    const at = this.#blockFor(id)
    const block = this.#blocks[at]
    if (block === undefined) return
    const position = lowerBound(block, id)
    if (block[position] !== id) return
    block.splice(position, 1)
    this.#size--
    const next = this.#blocks[at + 1]
    if (block.length === 0) this.#blocks.splice(at, 1)
    else if (next !== undefined && block.length + next.length <= blockMax / 2) {
      block.push(...next)
      this.#blocks.splice(at + 1, 1)
    }
  }

  /** The ids from `start` on (itself included, whether or not it is there), in order. The set must not change meanwhile. */
  *from(start: string): Generator<string, void, undefined> {
    const first = this.#blockFor(start)
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at] ?? []
      for (let position = at === first ? lowerBound(block, start) : 0; position < block.length; position++) {
        yield block[position] ?? ''
      }
    }
  }

  /** The last block that begins at or before the id: the only one that may hold it. */
  #blockFor(id: string): number {
    let low = 0
    let high = this.#blocks.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.#blocks[middle]?.[0] ?? '') <= id) low = middle
      else high = middle
    }
    return low
  }
}

/** The position of the first id that is not before `id`. */
function lowerBound(ids: readonly string[], id: string): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ids[middle] ?? '') < id) low = middle + 1
    else high = middle
  }
  return low
}
