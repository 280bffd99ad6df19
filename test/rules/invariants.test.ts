// Goal: INVARIANTS.md names each rule once, and each rule's check is there by the name that it gives.
// Method: read the page's tables; whatever an `enforced by` has in backquotes that looks like a file is looked for.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

interface Row {
  readonly rule: string
  readonly files: readonly string[]
}

/** The rows of all tables of a page, and what else its tables have that is no row. */
function rowsOf(page: string): { readonly rows: readonly Row[]; readonly strays: readonly string[] } {
  const rows: Row[] = []
  const strays: string[] = []
  for (const section of page.split(/^## /m).slice(1)) {
    const [head, rule, ...lines] = section.split('\n').filter((line) => line.startsWith('|'))
    if (!/^\| rule +\| enforced by +\|$/.test(head ?? '') || !/^[| -]+$/.test(rule ?? ''))
      strays.push(`${section.split('\n')[0]} does not begin with a table`)
    for (const line of lines) {
      const [, said = '', by = ''] = /^\| (.+?) +\| (.+?) +\|$/.exec(line) ?? []
      const files = [...by.matchAll(/`([^`]*[./][^`]*)`/g)].map(([, file = '']) => file)
      if (said === 'rule' || files.length === 0) strays.push(line)
      else rows.push({ rule: said, files })
    }
  }
  return { rows, strays }
}

const missing = ({ files }: Row): readonly string[] =>
  files.filter((file) => globSync(file, { cwd: root }).length === 0)

test('every rule stands in a table, once, with what enforces it', () => {
  const { rows, strays } = rowsOf(readFileSync(join(root, 'INVARIANTS.md'), 'utf8'))
  assert.ok(rows.length > 150, `only ${rows.length} rules were read`)
  assert.deepEqual(strays, [])
  const rules = rows.map(({ rule }) => rule)
  assert.deepEqual(
    rules.filter((rule, at) => rules.indexOf(rule) !== at),
    [],
  )
  assert.deepEqual(rows.flatMap(missing), [])
})

test('the check sees what it forbids', () => {
  const table = ['| rule | enforced by |', '| ---- | ----------- |']
  const page = [
    '# Invariants',
    '## A call',
    ...table,
    '| a | `test/no/such.test.ts` |',
    ...table,
    '| b | nothing |',
  ]
  const { rows, strays } = rowsOf(page.join('\n'))
  assert.deepEqual(rows.flatMap(missing), ['test/no/such.test.ts'])
  assert.deepEqual(strays, [table[0], table[1], '| b | nothing |'])
  assert.deepEqual(rowsOf('# Invariants\n## A call\nwords').strays, ['A call does not begin with a table'])
})
