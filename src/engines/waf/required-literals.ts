/**
 * Texts of which one must occur, whatever the case of its letters, wherever a regular expression matches; `undefined`
 * where the expression demands none. It understands the plain part of the syntax, and takes whatever it does not
 * understand for something that demands nothing: a literal too few costs time, one too many would let an attack pass.
 */
export function requiredLiterals(pattern: string): readonly string[] | undefined {
  const found = new Reader(pattern).alternatives()
  return found === undefined || found === unreadable ? undefined : found
}

/** Shorter literals occur in most traffic. */
const lengthMin = 2
/** More are no filter. */
const alternativesMax = 64

const unreadable: readonly string[] = Object.freeze([])

type Literals = readonly string[] | undefined

class Reader {
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  /** Branches, of which any may match: one literal of each. Reads up to a closing parenthesis or the end. */
  alternatives(): Literals {
    const union = new Set<string>()
    let demanded = true
    for (;;) {
      const branch = this.#branch()
      if (branch === unreadable) return unreadable
      if (branch === undefined) demanded = false
      else for (const literal of branch) union.add(literal)
      if (this.#pattern[this.#at] !== '|') break
      this.#at += 1
    }
    return demanded && union.size <= alternativesMax ? [...union] : undefined
  }

  /** Pieces one after the other, all of which match: the best that any of them, or a run of plain characters, demands. */
  #branch(): Literals {
    let best: Literals
    let run = ''
    const consider = (literals: Literals): void => {
      if (literals !== undefined && score(literals) > score(best)) best = literals
    }
    const endRun = (): void => {
      if (run.length >= lengthMin) consider([run.toLowerCase()])
      run = ''
    }
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#pattern.charAt(this.#at))) {
      const piece = this.#piece()
      if (piece === unreadable) return unreadable
      const times = this.#quantifier()
      if (typeof piece === 'string' && piece !== '') {
        if (times === 'once') run += piece
        else {
          if (times === 'more') run += piece
          endRun()
        }
        continue
      }
      endRun()
      if (times !== 'perhaps' && typeof piece !== 'string') consider(piece)
    }
    // Reached the end, or a parenthesis that its group reads.
    endRun()
    return best
  }

  /** One plain character; '' for something else of any kind; or what a group demands. */
  #piece(): string | Literals {
    const character = this.#pattern.charAt(this.#at)
    this.#at += 1
    if (character === '\\') return this.#escape()
    if (character === '[') return this.#class() ? '' : unreadable
    if (character === '(') return this.#group()
    if ('.^$'.includes(character)) return ''
    // A quantifier that follows nothing is not for this reader to judge. Bytes that are no ASCII may fold elsewhere.
    if ('*+?{}]'.includes(character)) return unreadable
    return character > '\x7f' ? '' : character
  }

  #escape(): string | Literals {
    const character = this.#pattern.charAt(this.#at)
    this.#at += 1
    if ('dDwWsSbBAz'.includes(character)) return character === '' ? unreadable : ''
    return /^[^A-Za-z0-9\x80-\xff]$/.test(character) ? character : unreadable
  }

  /** Skips a character class. */
  #class(): boolean {
    if (this.#pattern[this.#at] === '^') this.#at += 1
    // A bracket in the first place is a member.
    if (this.#pattern[this.#at] === ']') this.#at += 1
    for (;;) {
      const character = this.#pattern.charAt(this.#at)
      if (character === '') return false
      this.#at += 1
      if (character === ']') return true
      if (character === '\\') this.#at += 1
      // A named class, [:alpha:], has a bracket of its own.
      if (character === '[' && this.#pattern[this.#at] === ':') {
        const end = this.#pattern.indexOf(':]', this.#at)
        if (end < 0) return false
        this.#at = end + 2
      }
    }
  }

  #group(): Literals {
    if (this.#pattern[this.#at] === '?') {
      const head = /^\?(?:P?<[A-Za-z0-9_]+>|[imsU-]*([:)]))/.exec(this.#pattern.slice(this.#at))
      if (head === null) return unreadable
      this.#at += head[0].length
      // Flags for what follows; whether letters fold matters not here. A quantifier after them is about what precedes.
      if (head[1] === ')')
        return /^[*+?{]/.test(this.#pattern.slice(this.#at, this.#at + 1)) ? unreadable : undefined
    }
    const inner = this.alternatives()
    if (this.#pattern[this.#at] !== ')') return unreadable
    this.#at += 1
    return inner
  }

  /** How often the piece before has to occur. */
  #quantifier(): 'once' | 'more' | 'perhaps' {
    const quantifier = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})/.exec(this.#pattern.slice(this.#at, this.#at + 16))
    if (quantifier === null) return 'once'
    this.#at += quantifier[0].length
    if (this.#pattern[this.#at] === '?') this.#at += 1
    if (quantifier[0] === '+') return 'more'
    return quantifier[1] !== undefined && Number(quantifier[1]) > 0 ? 'more' : 'perhaps'
  }
}

/** The longer its shortest literal, the less often a demand is met by chance. */
function score(literals: Literals): number {
  return literals === undefined ? 0 : Math.min(...literals.map((literal) => literal.length))
}
