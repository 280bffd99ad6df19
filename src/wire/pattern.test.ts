// Goal: every pattern of every model works here, means what AWS wrote, and cannot be made slow by its input.
// Method: compile all; compare the rewritten ones with the originals on every short string; feed all with repeated fragments
// that make backtracking explode, at the length that the shape allows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceNames } from './services.ts'
import { model } from './model.ts'
import { patternCheck } from './pattern.ts'
import type { Shape, StringShape } from './shapes.ts'
import { slowPatterns } from './slow-patterns.ts'

const rows: readonly [why: string, pattern: string, text: string, want: boolean][] = [
  ['the whole value must match', String.raw`[\w+=,.@-]+`, 'a!', false],
  ['an anchored pattern is the same', '^[a-z]+$', 'abc', true],
  ['alternatives are anchored together', 'a|b', 'ax', false],
  ['an escape that JavaScript refuses', String.raw`[\w+=,.@\:-]*`, 'a:b', true],
  ['a dash after a class of its own', String.raw`[\w-_]*`, 'a-b', true],
  ['a dash outside brackets', String.raw`a\-b`, 'a-b', true],
  ['Unicode classes', String.raw`^[\p{L}\p{N}\p{Z}-_]*$`, 'é 1-_', true],
  ['characters beyond the first plane', '.', '😀', true],
  ['the dot takes no line break', '.*', 'a\nb', true], // Asks only what the value contains.
  ['unless the pattern says so', '(?s).*', 'a\nb', true],
  ['nor in the middle of a pattern', 'a.b', 'a\nb', false],
]

for (const [why, pattern, text, want] of rows) {
  test(`pattern: ${why}`, () => assert.equal(patternCheck(pattern)(text), want))
}

const shapes = new Map<string, StringShape>()
for (const service of serviceNames) {
  for (const { input, output, errors } of model(service).operations.values()) {
    for (const shape of [input, output, ...errors]) if (shape) collect(shape)
  }
}

test('pattern: all patterns of the models compile and take bounded time', () => {
  const fragments = [
    'a',
    '0',
    ' ',
    '-',
    'a-',
    'a.',
    'a/',
    ' !',
    '@.',
    ':a',
    'a:ecr:b',
    'arn:',
    '/a',
    '\t ',
    'aA0',
    '_',
    'a,',
    '!!',
  ]
  const patterns = new Set<string>()
  for (const { pattern = '', max = 100_000 } of shapes.values()) {
    if (patterns.has(`${max} ${pattern}`)) continue
    patterns.add(`${max} ${pattern}`)
    const matches = patternCheck(pattern)
    const length = Math.min(max, 20_000)
    for (const fragment of fragments) {
      const text = `${fragment.repeat(Math.ceil(length / fragment.length)).slice(0, length - 1)}\0`
      const started = process.cpuUsage()
      matches(text)
      const { user } = process.cpuUsage(started)
      assert.ok(user < 500_000, `${pattern} took ${user} µs for ${JSON.stringify(fragment)} × ${length}`)
    }
  }
  assert.ok(patterns.size > 380, `only ${patterns.size} patterns`)
})

test('pattern: a linear form means the same as the original', () => {
  const alphabet = ['a', ' ', '\t', ':', '\0', '\x7F', 'é']
  let texts = ['']
  let compared = 0
  for (let length = 0; length < 5; length++) {
    for (const [pattern, { linear }] of slowPatterns) {
      if (linear === undefined) continue
      const original = new RegExp(pattern, 'u')
      for (const text of texts) {
        assert.equal(patternCheck(pattern)(text), original.test(text), JSON.stringify([pattern, text]))
        compared += 1
      }
    }
    texts = texts.flatMap((text) => alphabet.map((char) => text + char))
  }
  assert.equal(compared, 2 * (1 + 7 + 49 + 343 + 2401))
})

test('pattern: every tamed pattern is still one of the models', () => {
  const known = new Set([...shapes.values()].map(({ pattern }) => pattern))
  assert.deepEqual(
    [...slowPatterns.keys()].filter((pattern) => !known.has(pattern)),
    [],
  )
})

function collect(shape: Shape): void {
  const seen = new Set<Shape>()
  const waiting = [shape]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    if (next.type === 'string' && next.pattern !== undefined) shapes.set(`${next.name} ${next.pattern}`, next)
    if (next.type === 'structure') waiting.push(...next.members.map((member) => member.shape))
    if (next.type === 'list') waiting.push(next.member.shape)
    if (next.type === 'map') waiting.push(next.key.shape, next.value.shape)
  }
}
