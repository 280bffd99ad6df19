/**
 * A strict JSON reader that keeps positions. `JSON.parse` is not enough for a policy: it silently keeps the last of
 * two equal keys (so a reviewer and the engine may read different policies) and says nothing about where.
 */

/** Where something begins. Units: `line` and `column` count from 1; a column is one UTF-16 code unit. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A JSON value with where it stands in the text; a number keeps its digits. */
export type JsonNode =
  | { readonly kind: 'string'; readonly value: string; readonly at: Position }
  | { readonly kind: 'number'; readonly text: string; readonly at: Position }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly at: Position }
  | { readonly kind: 'null'; readonly at: Position }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly at: Position }
  | { readonly kind: 'object'; readonly members: readonly JsonMember[]; readonly at: Position }

/** A list, not a record: a key such as `__proto__` is then a string like any other. */
export interface JsonMember {
  readonly key: string
  readonly at: Position
  readonly value: JsonNode
}

/** Why a text is not acceptable JSON, and where. */
export interface JsonProblem {
  readonly reason: string
  readonly at: Position
}

/** The deepest policy (document, statements, statement, condition, operator, values) nests six; the rest is margin. */
export const depthMax = 12

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const controlMax = 0x1f
const hex4 = /^[0-9a-fA-F]{4}$/
const escapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

class Refusal extends Error {
  readonly problem: JsonProblem
  constructor(problem: JsonProblem) {
    super(problem.reason)
    this.problem = problem
  }
}

/** Reads one JSON text in one pass. Source: RFC 8259; duplicate names are refused (its section 4 leaves them open). */
export function readJson(text: string): { readonly node: JsonNode } | { readonly problem: JsonProblem } {
  const reader = new Reader(text)
  try {
    return { node: reader.document() }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { problem: thrown.problem }
    throw thrown
  }
}

class Reader {
  readonly #text: string
  #offset = 0
  #line = 1
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): JsonNode {
    this.#skipSpace()
    const node = this.#value(1)
    this.#skipSpace()
    if (this.#offset < this.#text.length) this.#refuse('text after the end of the document')
    return node
  }

  #value(depth: number): JsonNode {
    if (depth > depthMax) this.#refuse(`nested deeper than ${depthMax} levels`)
    const at = this.#here()
    switch (this.#text.charAt(this.#offset)) {
      case '{':
        return { kind: 'object', members: this.#members(depth), at }
      case '[':
        return { kind: 'array', items: this.#items(depth), at }
      case '"':
        return { kind: 'string', value: this.#string(), at }
      case 't':
        return this.#word('true', { kind: 'boolean', value: true, at })
      case 'f':
        return this.#word('false', { kind: 'boolean', value: false, at })
      case 'n':
        return this.#word('null', { kind: 'null', at })
      default:
        return { kind: 'number', text: this.#number(), at }
    }
  }

  #members(depth: number): JsonMember[] {
    const members: JsonMember[] = []
    const keys = new Set<string>()
    this.#open()
    if (this.#closes('}')) return members
    for (;;) {
      const at = this.#here()
      if (this.#text[this.#offset] !== '"') this.#refuse('expected a member name in double quotes')
      const key = this.#string()
      if (keys.has(key)) this.#refuse(`the name ${JSON.stringify(key)} appears twice in one object`, at)
      keys.add(key)
      this.#skipSpace()
      if (this.#text[this.#offset] !== ':') this.#refuse("expected ':' after a member name")
      this.#open()
      members.push({ key, at, value: this.#value(depth + 1) })
      this.#skipSpace()
      if (this.#closes('}')) return members
      if (this.#text[this.#offset] !== ',') this.#refuse("expected ',' or '}'")
      this.#open()
    }
  }

  #items(depth: number): JsonNode[] {
    const items: JsonNode[] = []
    this.#open()
    if (this.#closes(']')) return items
    for (;;) {
      items.push(this.#value(depth + 1))
      this.#skipSpace()
      if (this.#closes(']')) return items
      if (this.#text[this.#offset] !== ',') this.#refuse("expected ',' or ']'")
      this.#open()
    }
  }

  /** Steps over one punctuation mark and the space behind it. */
  #open(): void {
    this.#offset += 1
    this.#skipSpace()
  }

  #closes(mark: string): boolean {
    if (this.#text[this.#offset] !== mark) return false
    this.#offset += 1
    return true
  }

  #string(): string {
    const at = this.#here()
    const runs: string[] = []
    this.#offset += 1
    for (;;) {
      const start = this.#offset
      while (isPlain(this.#text.charCodeAt(this.#offset))) this.#offset += 1
      if (this.#offset > start) runs.push(this.#text.slice(start, this.#offset))
      const mark = this.#text[this.#offset]
      if (mark === '"') {
        this.#offset += 1
        return runs.length === 1 ? (runs[0] ?? '') : runs.join('')
      }
      if (mark !== '\\')
        this.#refuse(mark === undefined ? 'a string has no end' : 'a control character in a string', at)
      runs.push(this.#escape())
    }
  }

  #escape(): string {
    const letter = this.#text[this.#offset + 1] ?? ''
    const plain = escapes.get(letter)
    if (plain !== undefined) {
      this.#offset += 2
      return plain
    }
    const digits = this.#text.slice(this.#offset + 2, this.#offset + 6)
    if (letter !== 'u' || !hex4.test(digits)) this.#refuse('an unknown escape in a string')
    this.#offset += 6
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #number(): string {
    number.lastIndex = this.#offset
    const [text] = number.exec(this.#text) ?? []
    if (text === undefined) this.#refuse('expected a value')
    this.#offset += text.length
    return text
  }

  #word(word: string, node: JsonNode): JsonNode {
    if (!this.#text.startsWith(word, this.#offset)) this.#refuse('expected a value')
    this.#offset += word.length
    return node
  }

  #skipSpace(): void {
    for (;;) {
      const mark = this.#text[this.#offset]
      if (mark !== ' ' && mark !== '\n' && mark !== '\r' && mark !== '\t') return
      this.#offset += 1
      if (mark !== '\n') continue
      this.#line += 1
      this.#lineStart = this.#offset
    }
  }

  #here(): Position {
    return { line: this.#line, column: this.#offset - this.#lineStart + 1 }
  }

  #refuse(reason: string, at = this.#here()): never {
    throw new Refusal({ reason, at })
  }
}

/** Neither a quote, nor a backslash, nor a control character; nor NaN, which stands behind the end of the text. */
function isPlain(code: number): boolean {
  return code > controlMax && code !== 0x22 && code !== 0x5c
}
