// Goal: what people and programs send every day is no attack, also where it has quotes, brackets and words of SQL in it.
// Method: generators of such texts, run from a seed that is printed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { detect, type Place } from './index.ts'

const common =
  'the a we you they it and or not but when where from into like select order group by union join update set delete insert drop table time date find sort more head cat who is are was have had one two all any some with without between above under left right end begin case then else values limit having exists script style object base link form select option on over once only'.split(
    ' ',
  )
const names = [
  "O'Brien",
  "D'Arcy",
  'Müller',
  "N'Djamena",
  'Jo',
  "Conan O'Neil",
  'de la Cruz',
  'Łukasz',
  "Rock 'n' Roll",
]
const contractions = ["don't", "it's", "we're", "I'll", "o'clock", "'tis", "dogs'", "can't"]
const quoted = ['"well"', "'so'", '“quite”', '"a b c"', "'never ever'", '(sic)', '[1]', '*very*', '_too_']
const numbers = ['1', '2', '3.5', '10%', '$5', '#7', '2024', '5"', "6'", '1/2', '<3', '&']
const marks = ['.', ',', ';', ':', '?', '!', ' -', '...', ' --', '']

const word = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...common) },
  { weight: 2, arbitrary: fc.constantFrom(...names) },
  { weight: 2, arbitrary: fc.constantFrom(...contractions) },
  { weight: 1, arbitrary: fc.constantFrom(...quoted) },
  { weight: 1, arbitrary: fc.constantFrom(...numbers) },
)
const sentence = fc
  .array(fc.tuple(word, fc.constantFrom(...marks, '', '', '', '', '', '', '')), {
    minLength: 3,
    maxLength: 20,
  })
  .map((words) => words.map(([text, mark]) => text + mark).join(' '))

const identifier = fc.constantFrom('user', 'items', 'total', 'name', 'value', 'index', 'result', 'next')
const expression = fc
  .tuple(identifier, fc.constantFrom('===', '<', '>', '+', '&&', '||', '=>'), identifier)
  .map((parts) => parts.join(' '))
const snippet = fc
  .array(
    fc.oneof(
      expression.map((text) => `if (${text}) {\n  return \`ok\`\n}`),
      fc.tuple(identifier, identifier).map(([a, b]) => `const ${a} = new Map<string, ${b}[]>()`),
      identifier.map((name) => `export function ${name}<T extends object>(x: T): Promise<T> {}`),
      identifier.map(
        (name) => `<Button key={${name}.id} onClick={() => open(${name})}>{${name}.label}</Button>`,
      ),
      identifier.map((name) => `/* the ${name}'s "own" */ let ${name} = 'x' // it's fine`),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((lines) => lines.join('\n'))

const markdown = fc
  .tuple(sentence, snippet, fc.array(sentence, { minLength: 1, maxLength: 3 }))
  .map(
    ([title, code, items]) =>
      `## ${title}\n\n\`\`\`ts\n${code}\n\`\`\`\n\n${items.map((item) => `- ${item}`).join('\n')}\n`,
  )

const rows: readonly (readonly [what: string, texts: fc.Arbitrary<string>, place: Place])[] = [
  ['sentences', sentence, 'value'],
  [
    'names',
    fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)).map((parts) => parts.join(' ')),
    'value',
  ],
  ['snippets of code', snippet, 'value'],
  ['Markdown with code', markdown, 'value'],
  [
    'documents of JSON',
    fc
      .dictionary(identifier, fc.oneof(sentence, fc.integer(), fc.boolean()))
      .map((value) => JSON.stringify(value)),
    'body',
  ],
  ['UUIDs', fc.uuid(), 'value'],
  [
    'base64',
    fc.uint8Array({ minLength: 12, maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    'value',
  ],
  [
    'hexadecimal',
    fc.uint8Array({ minLength: 8, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    'cookie',
  ],
  [
    'addresses of pages',
    fc
      .webUrl({ withQueryParameters: false, validSchemes: ['https'] })
      .filter((url) => !url.includes('@') && !url.includes("'")),
    'value',
  ],
  [
    'paths',
    fc.array(identifier, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}.html`),
    'path',
  ],
  ['numbers', fc.double({ noNaN: true }).map(String), 'value'],
  ['times', fc.date({ noInvalidDate: true }).map((date) => date.toISOString()), 'value'],
  ['mail addresses', fc.tuple(identifier, identifier).map(([a, b]) => `${a}.${b}+tag@example.org`), 'value'],
]

/** One text in this many may be taken for an attack: prose that chance has written is not what people write. */
const mistakesMax = 1 / 100
const runs = 1000

for (const [what, texts, place] of rows) {
  test(`benign: ${what}`, (t) => {
    const seed = 77
    t.diagnostic(`seed ${seed}`)
    const samples = fc.sample(texts, { numRuns: runs, seed })
    assert.equal(samples.length, runs)
    const wrong = samples
      .map((text) => ({ text, found: detect(text, place) }))
      .filter(({ found }) => found.length > 0)
    assert.ok(wrong.length <= runs * mistakesMax, JSON.stringify(wrong.slice(0, 6), undefined, 1))
  })
}
test('every kind ran', () => assert.equal(rows.length, 13))
