// Goal: what ARCHITECTURE.md, CONTRIBUTING.md and the decisions name is there, and code that they show is the code.
// Method: whatever stands in backquotes and looks like a file or a folder is looked for; each block of TypeScript, in the file that was named last.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')
const pages = ['ARCHITECTURE.md', 'CONTRIBUTING.md', ...globSync('docs/decisions/*.md', { cwd: root })]

/** Names that stand for something else than a file of the project: what a data directory or a machine has. */
const elsewhere: ReadonlySet<string> = new Set(['/tmp', 'root-key.json'])

const places: readonly string[] = globSync(
  '{src,test,scripts,docs,bench,drills,models,data,bin,examples}/**',
  { cwd: root },
)

/** Whether something is called so: by its whole path, or by the end of it, as in `wire/sigv4` or `proxy.test.ts`. */
function isThere(name: string): boolean {
  const end = name.replace(/\/$/, '')
  return (
    places.some((place) => place === end || place.endsWith(`/${end}`) || place.endsWith(`/${end}.ts`)) ||
    isAtRoot(end)
  )
}

function isAtRoot(name: string): boolean {
  return globSync(name, { cwd: root }).length > 0
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w./-]+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => (name.includes('/') || /\.(?:c?ts|cjs|json|md)$/.test(name)) && !elsewhere.has(name))
}

const words = (text: string): string => text.replaceAll(/\s+/g, ' ')

/** The blocks of TypeScript that are not in the file that was named before them. */
function strangers(text: string): readonly string[] {
  return [...text.matchAll(/```ts\n(.*?)```/gs)].flatMap(({ 1: block = '', index }) => {
    const file = namesIn(text.slice(0, index)).findLast((name) => name.startsWith('src/'))
    const source = file === undefined ? '' : readFileSync(join(root, file), 'utf8')
    return words(source).includes(words(block).trim()) ? [] : [block]
  })
}

test('what the pages name is there', () => {
  const texts = pages.map((page) => [page, readFileSync(join(root, page), 'utf8')] as const)
  const named = texts.flatMap(([page, text]) => namesIn(text).map((name) => `${page}: ${name}`))
  assert.ok(named.length > 60, `only ${named.length} names were read`)
  assert.deepEqual(
    named.filter((one) => !isThere(one.slice(one.indexOf(': ') + 2))),
    [],
  )
})

test('the code that CONTRIBUTING.md shows is the code', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  assert.match(text, /```ts\n/)
  assert.deepEqual(strangers(text), [])
  assert.equal(
    strangers(text.replace('requestTags(Tags)', 'tagsOf(Tags)')).length,
    1,
    'the check sees a change',
  )
  assert.equal(isThere('src/core/no-such-file.ts'), false)
})
