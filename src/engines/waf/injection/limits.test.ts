// Goal: whatever a stranger sends, a detector answers, and its work grows with the length of the text, not with its square.
// Method: arbitrary texts from a seed that is printed; for growth, every look at a character is counted, not timed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { detectors } from './index.ts'
import { isSqlInjection } from './sql/index.ts'

const pieces = [
  "'",
  '"',
  '`',
  '<',
  '>',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '$',
  '${',
  '{{',
  '#',
  '--',
  '/*',
  '*/',
  '/*!',
  ';',
  '|',
  '&',
  '&#',
  '&#x',
  '\\',
  '\\u',
  '\\x',
  '%',
  '../',
  ':',
  '//',
  'http://',
  '@',
  '=',
  ',',
  '.',
  '!',
  '<!--',
  '<!',
  '<?',
  'select ',
  'union ',
  '(select ',
  'a',
  '0',
  '0x',
  ' or ',
  'on',
  'onload=',
  '\n',
  '\r',
  '\0',
  ' ',
  '\ud800',
  'é',
  'java.lang',
  'for ',
  'if ',
  'jndi:',
  '$$',
  "N'",
  'rO0ABQ',
] as const

test('no text makes a detector throw', (t) => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 80 }).map((parts) => parts.join('')),
  )
  const seed = 20_260
  t.diagnostic(`seed ${seed}`)
  fc.assert(
    fc.property(texts, (text) => {
      for (const { test: finds } of detectors) assert.equal(typeof finds(text), 'boolean')
      isSqlInjection(text, 'HIGH')
    }),
    { numRuns: 1500, seed },
  )
})

/** Runs with every look at a character counted: `charCodeAt` and `charAt` one each, searches by the length they pass over. */
function steps(run: () => void): number {
  let count = 0
  const kept = Object.getOwnPropertyDescriptors(String.prototype)
  const replace = (
    name: 'charCodeAt' | 'charAt' | 'indexOf' | 'includes',
    cost: (text: string, args: unknown[], answer: unknown) => number,
  ): void => {
    const original: unknown = kept[name].value
    assert.ok(typeof original === 'function')
    const counted = function (this: string, ...args: unknown[]): unknown {
      const answer: unknown = Reflect.apply(original, this, args)
      count += cost(this, args, answer)
      return answer
    }
    // oxlint-disable-next-line no-extend-native -- a counter within this test, taken out below
    Object.defineProperty(String.prototype, name, { ...kept[name], value: counted })
  }
  replace('charCodeAt', () => 1)
  replace('charAt', () => 1)
  replace('includes', (text) => 1 + text.length)
  replace('indexOf', (text, [, from], found) => {
    const start = typeof from === 'number' ? from : 0
    return 1 + Math.max(0, (typeof found === 'number' && found >= 0 ? found : text.length) - start)
  })
  try {
    run()
  } finally {
    // Nothing else runs meanwhile: the detectors wait for nothing.
    // oxlint-disable-next-line no-extend-native -- what was there before
    Object.defineProperties(String.prototype, kept)
  }
  return count
}

for (const { name, test: finds } of detectors) {
  test(`${name}: work grows with the length, for every repeated piece and pair of pieces`, () => {
    let measured = 0
    const slow: string[] = []
    const grows = (unit: string): void => {
      const small = steps(() => finds(unit.repeat(Math.ceil(1000 / unit.length))))
      const large = steps(() => finds(unit.repeat(Math.ceil(8000 / unit.length))))
      measured += 1
      // Eight times the text; a square would be 64 times the work.
      if (large > 16 * small + 20_000)
        slow.push(`${JSON.stringify(unit)}: ${small} steps for 1,000 characters, ${large} for 8,000`)
    }
    for (const first of pieces) {
      grows(first)
      grows(`${first}a `)
      for (const second of ['a', ' ', "'", '(', '<', '=', '{', ';']) grows(first + second)
    }
    assert.equal(measured, pieces.length * 10)
    assert.deepEqual(slow, [])
  })
}

/** Those that look back, or on, from each of their signs. */
const looking = [
  'Ldap',
  'ServerRequest',
  'NoSql',
  'Php',
  'LogLookup',
  'ServerInclude',
  'XmlEntities',
  'HeaderLines',
  'Java',
]

for (const name of looking) {
  test(`${name}: work grows with the length of what is read, for every piece behind every other`, () => {
    const finds = detectors.find((row) => row.name === name)?.test ?? assert.fail()
    const halves = (first: string, second: string, length: number): string =>
      first.repeat(Math.ceil(length / 2 / first.length)) +
      second.repeat(Math.ceil(length / 2 / second.length))
    const slow: string[] = []
    for (const first of pieces)
      for (const second of [...pieces, '=a://', 'a:(']) {
        const small = steps(() => finds(halves(first, second, 500)))
        const large = steps(() => finds(halves(first, second, 4_000)))
        if (large > 16 * small + 20_000) slow.push(`${JSON.stringify([first, second])}: ${small}, ${large}`)
      }
    assert.deepEqual(slow, [])
  })
}
