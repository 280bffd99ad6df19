import {
  clauseWords,
  commonFunctions,
  comparingWords,
  computingWords,
  isCatalogue,
  logicalWords,
  setWords,
  statements,
  tellingFunctions,
  unaryWords,
  valueWords,
} from './vocabulary.ts'
import type { Place, Reading, Reason } from './reading.ts'
import { Tokens, type Token } from './tokens.ts'

type Operand = 'constant' | 'named' | 'computed'

/**
 * Reads a text as SQL from a place in a statement, with a state of fixed size.
 * One automaton, and therefore one long class: each step reads and sets the same state, which stays in fields for speed.
 */
export class Reader {
  readonly #tokens: Tokens
  readonly #place: Place
  readonly #reasons = new Set<Reason>()
  #operand: boolean
  #depth = 0
  /** Inside a statement of its own (SELECT …), where names may follow operands as aliases. */
  #statement = false
  /** Just after UNION, AS, a cast, or at the start of a statement: what may only come there. */
  #wants: 'nothing' | 'select' | 'name' | 'statement' | 'argument' = 'nothing'
  #select: 'none' | 'plain' | 'telling' = 'none'
  #selectNested = false
  #selectUnion = false
  #selectFrom = false
  #condition = false
  #comparing = false
  #left: Operand | undefined
  #last: Operand | undefined
  #statementWord = ''
  #count = 0
  #open = ''
  #dangling = false
  #unionSeen = false
  #orders = false
  #cases = 0
  #symbolic = false
  readonly #text: string

  constructor(text: string, place: Place) {
    this.#tokens = new Tokens(text, place.start, place.escapes, place.hashes)
    this.#place = place
    this.#text = text
    this.#operand = !place.afterOperand
    if (place.quote !== '') this.#last = 'constant'
    if (!place.afterOperand) this.#wants = 'statement'
  }

  read(): Reading {
    let first: Token | undefined
    for (;;) {
      const token = this.#tokens.next()
      first ??= token
      if (token.kind === 'end') return this.#result(first, this.#wants !== 'select', 'none', '')
      if (token.kind === 'comment') {
        if (this.#wants === 'select' && this.#isLast(token) && first.kind !== 'word')
          this.#reasons.add('union')
        if (!this.#mayEnd()) return this.#result(first, false, 'comment', token.text)
        if (this.#isLast(token)) return this.#result(first, true, 'comment', token.text)
        continue
      }
      this.#count += 1
      if (token.kind === 'openString') {
        if (this.#comparing && this.#operand)
          return this.#result(
            first,
            token.text === this.#place.quote && this.#operandEnds('constant', true),
            token.text === this.#place.quote ? 'quote' : 'none',
            '',
          )
        const closes = token.text === this.#place.quote && this.#operand
        this.#open = this.#text.slice(token.start + 1, token.start + 41)
        if (closes) this.#operandEnds('constant')
        return this.#result(first, closes, closes ? 'quote' : 'none', '')
      }
      if (!this.#step(token)) return this.#result(first, false, 'none', '')
    }
  }

  #isLast(token: Token): boolean {
    return this.#tokens.atEnd(token.end)
  }

  /** A comment hides the rest of the statement: what stands before it should be whole. */
  #mayEnd(): boolean {
    return !this.#operand || this.#wants === 'statement' || this.#wants === 'select' || this.#count > 0
  }

  #result(
    first: Token | undefined,
    complete: boolean,
    closing: Reading['closing'],
    comment: string,
  ): Reading {
    this.#endSelect()
    if (this.#unionSeen && this.#tokens.executable > 0) this.#reasons.add('union')
    const hidden = this.#tokens.comments + this.#tokens.executable > 0 && this.#reasons.size > 0
    if (hidden) this.#reasons.add('hidden words')
    return {
      reasons: this.#reasons,
      complete,
      closing,
      comment,
      open: this.#open,
      tokens: this.#count,
      dangling: this.#dangling || (this.#comparing && this.#operand),
      first,
    }
  }

  /** Takes one token; false when no statement continues so. */
  #step(token: Token): boolean {
    const { kind, text } = token
    if (kind === 'unknown') return false
    if (this.#wants === 'name') {
      this.#wants = 'nothing'
      return kind === 'word' || kind === 'name' || kind === 'string' || kind === 'call' || kind === '('
    }
    if (this.#wants === 'statement') {
      this.#wants = 'nothing'
      if (kind === 'word' || kind === 'call') {
        const started = this.#startStatement(text)
        if (started !== undefined) return started
      }
      if (this.#afterSemicolon) return kind === ';'
    } else if (this.#statementWord !== '') return this.#secondWord(token)
    if (this.#wants === 'select') {
      if (text === 'all' || text === 'distinct' || text === 'distinctrow') return true
      if (kind === '(') {
        this.#depth += 1
        return true
      }
      this.#wants = 'nothing'
      if (text === 'select') {
        this.#unionSeen = true
        return this.#beginSelect(true)
      }
      if (text === 'values' || text === 'table') {
        this.#reasons.add('union')
        this.#operand = true
        return true
      }
      return false
    }
    return this.#operand ? this.#operandToken(token) : this.#operatorToken(token)
  }

  #afterSemicolon = false

  /** The first word of a statement; undefined when the word begins none. */
  #startStatement(word: string): boolean | undefined {
    if (!statements.has(word)) return undefined
    if (word === 'select') return this.#beginSelect(false)
    this.#statementWord = word
    return true
  }

  #secondWord(token: Token): boolean {
    const word = this.#statementWord
    this.#statementWord = ''
    const second = statements.get(word)
    const fits =
      second !== undefined && second.size > 0 ? second.has(token.text) : this.#isObject(word, token)
    if (!fits) return word === 'if' || word === 'begin' ? this.#operandAfter(token) : false
    const firm = second !== undefined && second.size > 0
    if (this.#afterSemicolon || this.#place.quote !== '') this.#reasons.add('stacked statement')
    else if (firm || token.kind === 'variable') this.#reasons.add('leading statement')
    if (!firm && !this.#afterSemicolon && token.kind === 'word') return this.#after(word, token)
    this.#statement = true
    this.#operand = word === 'waitfor' || token.kind === '('
    if (token.kind === '(') {
      this.#depth += 1
      const runsVariable = word.startsWith('exec') && this.#tokens.next().kind === 'variable'
      if (runsVariable) this.#reasons.add('stacked statement')
      return !word.startsWith('exec') || runsVariable
    }
    return true
  }

  /** What an open-ended statement acts on: prose, too, says "do it", "set out" and "execute plans". */
  #isObject(word: string, token: Token): boolean {
    const { kind, text } = token
    if (word === 'declare') return kind === 'variable' || text.includes('_')
    if (word === 'update') return (kind === 'word' || kind === 'name') && this.#tokens.next().text === 'set'
    if (kind === 'variable' || kind === '(') return word !== 'with' && word !== 'use'
    if (kind === 'call') return word !== 'set' && word !== 'begin' && word !== 'with'
    return (
      (kind === 'word' || kind === 'name') &&
      (text.includes('_') || text.includes('.')) &&
      word !== 'if' &&
      word !== 'do'
    )
  }

  #after(word: string, token: Token): boolean {
    this.#statement = true
    this.#operand = false
    if (word === 'exec' && token.text.includes('xp_')) this.#reasons.add('telling function')
    return true
  }

  #operandAfter(token: Token): boolean {
    this.#operand = true
    return this.#operandToken(token)
  }

  #beginSelect(union: boolean): boolean {
    this.#endSelect()
    this.#selectNested = this.#depth > 0 && !union
    this.#selectUnion = union
    this.#selectFrom = false
    this.#select = 'plain'
    this.#statement = true
    this.#operand = true
    this.#condition = false
    this.#comparing = false
    return true
  }

  /** What a SELECT amounts to, once it has been read: prose may say "union select committee". */
  #endSelect(): void {
    if (
      this.#select === 'telling' ||
      (this.#select === 'plain' &&
        this.#selectUnion &&
        (this.#place.quote !== '' || this.#selectFrom || this.#tokens.comments > 0))
    ) {
      if (this.#selectUnion) this.#reasons.add('union')
      else if (this.#afterSemicolon) this.#reasons.add('stacked statement')
      else if (this.#selectNested || this.#place.quote !== '') this.#reasons.add('subquery')
      // `select-9` is the name of a page, and reads nothing even where it is run.
      else if (this.#selectFrom || this.#tokens.comments > 0 || [...this.#reasons].some(isFirm))
        this.#reasons.add('leading statement')
    }
    this.#select = 'none'
  }

  #tells(): void {
    if (this.#select === 'plain') this.#select = 'telling'
  }

  #operandToken(token: Token): boolean {
    const { kind, text } = token
    switch (kind) {
      case 'number':
        if (text === '0x') this.#reasons.add('hexadecimal')
        this.#tells()
        return this.#operandEnds('constant')
      case 'string':
        this.#tells()
        return this.#operandEnds('constant')
      case 'name':
        return this.#operandEnds('named')
      case 'variable':
        this.#tells()
        return this.#operandEnds('computed')
      case 'serverVariable':
        this.#tells()
        this.#reasons.add('server variable')
        return this.#operandEnds('computed')
      case '(':
        this.#depth += 1
        // `{fn f()}`, `{d '…'}`: ODBC's and MySQL's braces name what follows.
        return text !== '{' || this.#tokens.next().kind === 'word'
      case ')':
        // `f()`, `count(*)`; elsewhere a parenthesis closes nothing here.
        if (this.#wants !== 'argument') return false
        this.#wants = 'nothing'
        this.#depth -= 1
        return this.#operandEnds('computed')
      case 'compute':
        if (text === '*' && (this.#select !== 'none' || this.#wants === 'argument')) {
          this.#tells()
          this.#operand = false
          return true
        }
        return text === '+' || text === '-' || text === '~' || text === '!' || text === '@'
      case 'compare':
        return false
      case 'call':
        return this.#call(text)
      case 'word':
        return this.#operandWord(text)
      case ',':
      case ';':
      case 'cast':
      case 'comment':
      case 'end':
      case 'logical':
      case 'openString':
      case 'unknown':
        return false
    }
  }

  #operandWord(text: string): boolean {
    if (text === 'select') {
      const union = this.#selectUnion && this.#select !== 'none'
      return this.#beginSelect(union && this.#depth === 0)
    }
    if (text === 'case') this.#cases += 1
    if (unaryWords.has(text) || text === 'case' || text === 'when' || text === 'by' || text === 'boolean')
      return true
    if (text === 'delay' || text === 'time') return true
    if (logicalWords.has(text) || comparingWords.has(text) || setWords.has(text)) return false
    if (clauseWords.has(text) && text !== 'left' && text !== 'right') {
      // `SELECT FROM`, `insert into … values`; a clause word where a value must stand is prose.
      return this.#statement && (text === 'into' || text === 'from' || text === 'join')
    }
    if (valueWords.has(text)) {
      if (text !== 'user') this.#tells()
      return this.#operandEnds('constant')
    }
    if (isCatalogue(text)) {
      this.#tells()
      if (this.#selectFrom || this.#statement) this.#reasons.add('catalogue')
    }
    if (text === 'outfile' || text === 'dumpfile') this.#reasons.add('telling function')
    if (tellingFunctions.has(text) || text.startsWith('xp_')) this.#reasons.add('catalogue')
    return this.#operandEnds('named')
  }

  #call(text: string): boolean {
    if (unaryWords.has(text) || text === 'case' || text === 'when') return true
    if (text === 'select')
      return this.#beginSelect(this.#selectUnion && this.#depth === 0 && this.#select !== 'none')
    if (logicalWords.has(text) || comparingWords.has(text) || setWords.has(text)) return false
    if (text === 'from' || text === 'where') return this.#statement
    this.#wants = 'argument'
    const known =
      tellingFunctions.has(text) ||
      text.startsWith('xp_') ||
      text.startsWith('dbms_') ||
      text.startsWith('utl_')
    if (known) this.#reasons.add('telling function')
    else if (commonFunctions.has(text)) this.#reasons.add('common function')
    else this.#reasons.add('call')
    if (text === 'outfile' || text === 'dumpfile') this.#reasons.add('telling function')
    this.#tells()
    return true
  }

  /** An operand is whole: a condition that hangs on constants alone shows that its writer knows the answer. */
  #operandEnds(what: Operand, open = false): boolean {
    this.#dangling ||= open && this.#comparing
    this.#operand = false
    this.#wants = 'nothing'
    if (this.#orders) this.#reasons.add(what === 'constant' ? 'ordering' : 'clause')
    this.#orders = false
    if (this.#comparing) {
      this.#comparing = false
      const constant = this.#left === 'constant' && what === 'constant'
      const named = this.#left === 'named' && what === 'named'
      if (this.#condition && constant) this.#reasons.add('constant condition')
      else if (this.#condition && (this.#symbolic || !named)) this.#reasons.add('condition')
      else this.#reasons.add(this.#symbolic ? 'comparison' : 'word comparison')
      this.#condition = false
    }
    this.#last = what
    return true
  }

  #operatorToken(token: Token): boolean {
    const { kind, text } = token
    switch (kind) {
      case 'logical':
        return this.#logical(text)
      case 'compare':
        return this.#compare(true)
      case 'compute':
        if (text === '!' || text === '~') return false
        this.#reasons.add('computation')
        this.#operand = true
        return true
      case '(':
        return false
      case ')':
        this.#depth -= 1
        if (this.#depth < 0) this.#reasons.add('closed parenthesis')
        return true
      case ',':
        this.#operand = true
        this.#tells()
        return true
      case ';':
        this.#endSelect()
        this.#wants = 'statement'
        this.#afterSemicolon = true
        this.#operand = true
        this.#depth = 0
        return true
      case 'cast':
        this.#wants = 'name'
        this.#reasons.add('computation')
        this.#reasons.add('cast')
        return true
      case 'string':
        // Strings side by side are one, in several dialects; after other operands they are aliases.
        return this.#last === 'constant' || this.#statement
      case 'name':
        return this.#statement
      case 'word':
      case 'call':
        return this.#operatorWord(text, kind === 'call')
      case 'comment':
      case 'end':
      case 'number':
      case 'openString':
      case 'serverVariable':
      case 'unknown':
      case 'variable':
        return false
    }
  }

  #logical(text: string): boolean {
    // `' or 1 or '`: a constant is a condition by itself.
    if (
      this.#condition &&
      !this.#comparing &&
      this.#last === 'constant' &&
      this.#place.quote !== '' &&
      this.#count === 3
    )
      this.#reasons.add('constant condition')
    this.#operand = true
    this.#condition = true
    this.#comparing = false
    this.#reasons.add('logical operator')
    if (text === '||') this.#reasons.add('concatenation')
    if (text === '||' || text === '&&' || text === 'xor') this.#reasons.add('logical sign')
    return true
  }

  #compare(symbolic: boolean): boolean {
    this.#symbolic = symbolic
    this.#left = this.#last
    this.#comparing = true
    this.#operand = true
    return true
  }

  #operatorWord(text: string, call: boolean): boolean {
    if (logicalWords.has(text)) return this.#logical(text)
    if (comparingWords.has(text)) return this.#compare(false)
    if (text === 'not') return true
    if (computingWords.has(text)) {
      this.#operand = true
      this.#reasons.add('computation')
      return true
    }
    if (setWords.has(text)) {
      this.#endSelect()
      this.#wants = 'select'
      return true
    }
    if (text === 'order' || text === 'group') return this.#ordering()
    if (text === 'waitfor' || (this.#place.quote !== '' && !this.#statement && statements.get(text)?.size)) {
      this.#statementWord = text
      return true
    }
    const clause = clauseWords.get(text)
    if (clause !== undefined) {
      if (text === 'from') {
        this.#reasons.add('source')
        this.#selectFrom = true
        if (this.#select === 'plain' && this.#selectNested) this.#tells()
      }
      if (text === 'end' && this.#cases > 0) this.#reasons.add('constant condition')
      if (['having', 'limit', 'where', 'procedure', 'into', 'returning'].includes(text))
        this.#reasons.add('clause')
      this.#condition = text === 'where' || text === 'having' || text === 'on' || text === 'when'
      this.#operand = clause === 'operand'
      if (text === 'as') {
        this.#wants = 'name'
        this.#operand = false
      }
      return true
    }
    // A statement may follow another without a semicolon in SQL Server.
    if (this.#statement && text === 'select') return this.#beginSelect(false)
    if (this.#statement && (statements.get(text)?.size ?? 0) > 0) {
      this.#statementWord = text
      return true
    }
    // `FROM table alias`, `DECLARE @s varchar(200)`.
    if (!this.#statement) return false
    if (call) this.#operand = true
    return call || this.#select !== 'plain'
  }

  #ordering(): boolean {
    const by = this.#tokens.next()
    if (by.kind !== 'word' && by.kind !== 'call') return false
    if (by.text !== 'by') return false
    this.#operand = true
    this.#orders = true
    return true
  }
}

/** Whether it says more than the slashes and dashes of a path do. */
const isFirm = (reason: Reason): boolean => reason !== 'computation'
