import { isUtf8 } from 'node:buffer'
import { decode, type Token, Tokenizer, Type } from 'cborg'
import { Malformed } from '../fault.ts'
import { itemsMax, nestingMax } from '../limits.ts'
import { timestampOfSeconds } from '../timestamp.ts'

/**
 * Parses one CBOR item of bounded nesting and size: maps become Maps, tag 1 (seconds since 1970) a Date. Duplicate keys, other tags, text
 * that is not UTF-8 and integers beyond 2^53 are refused. Source: RFC 8949. Faults: Malformed.
 */
export function parseCbor(bytes: Uint8Array): unknown {
  try {
    // TypeScript knows the result as `any`.
    const parsed: unknown = decode(bytes, { ...options, tokenizer: new BoundedTokenizer(bytes, options) })
    return parsed
  } catch (error) {
    // The library has no error class of its own, but begins its messages so.
    if (error instanceof Error && error.message.startsWith('CBOR decode error')) {
      throw new Malformed('Unable to parse the request body as CBOR')
    }
    throw error
  }
}

const options = {
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowBigInt: false,
  coerceUndefinedToNull: true,
  retainStringBytes: true,
  tags: {
    1(content: () => unknown): Date {
      const seconds = content()
      if (typeof seconds !== 'number') throw new Malformed('Tag 1 can not be converted to a timestamp')
      return timestampOfSeconds(seconds)
    },
  },
}

/** Counts what is open, since the library recurses as deep as the input asks, and checks text, which it does not. */
class BoundedTokenizer extends Tokenizer {
  /** How many items each open array, map or tag still takes; Infinity until a break where the length is indefinite. */
  readonly #open: number[] = []
  #items = 0

  override next(): Token {
    const token = super.next()
    const { type } = token
    this.#items += 1
    if (this.#items > itemsMax) throw new Malformed(`The request body has more than ${itemsMax} values`)
    if (type === Type.string && token.byteValue && !isUtf8(token.byteValue)) {
      throw new Malformed('The request is not valid UTF-8')
    }
    if (type === Type.break) {
      this.#open.pop()
      this.#close()
      return token
    }
    const last = this.#open.length - 1
    const left = this.#open[last]
    if (left !== undefined) this.#open[last] = left - 1

    const items = itemsOf(token)
    if (items === 0) this.#close()
    else if (this.#open.length < nestingMax) this.#open.push(items)
    else throw new Malformed(`The request body is nested deeper than ${nestingMax} levels`)
    return token
  }

  /** What has got its last item is complete, and so may be what holds it. */
  #close(): void {
    while (this.#open.at(-1) === 0) this.#open.pop()
  }
}

/** How many items follow that belong to this one. The library types the count `any`. */
function itemsOf({ type, value }: Token): number {
  if (type === Type.array) return Number(value)
  if (type === Type.map) return Number(value) * 2
  return type === Type.tag ? 1 : 0
}
