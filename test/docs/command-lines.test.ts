// Goal: every line of `redoubt` that people are shown is one that the command takes.
// Method: pages, help texts and the unit of systemd are read for such lines, and commander parses them by the declaration that the command
// itself has. Lines that must be refused show that it looks.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  allCommands,
  type CommandLine,
  commandLinesIn,
  commandLinesOfHelp,
  commandLinesOfUnit,
  helpOf,
  refusalOf,
} from './command-lines.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

function refused(where: string, lines: readonly CommandLine[]): readonly string[] {
  return lines.flatMap((line) => {
    const why = refusalOf(line)
    return why === undefined ? [] : [`${where}: ${line.shown}: ${why}`]
  })
}

test('command lines: those of README.md and docs are taken', (t) => {
  const files = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })]
  const found = files.map((file) => ({ file, lines: commandLinesIn(read(file)) }))
  assert.deepEqual(
    found.flatMap(({ file, lines }) => refused(file, lines)),
    [],
  )
  const all = found.flatMap(({ lines }) => lines)
  const whole = all.filter(({ isWhole }) => isWhole).length
  t.diagnostic(`${whole} lines that are typed, and ${all.length - whole} that are named`)
  assert.ok(whole >= 15 && all.length - whole >= 30, `${whole} of ${all.length}`)
})

test('command lines: those of all help texts, and of the unit, are taken', (t) => {
  const helps = allCommands().map((command) => ({ name: command.name(), help: helpOf(command) }))
  const shown = helps.map(({ name, help }) => ({ name, lines: commandLinesOfHelp(help) }))
  assert.deepEqual(
    shown.flatMap(({ name, lines }) => refused(`${name} --help`, lines)),
    [],
  )
  const count = shown.reduce((sum, { lines }) => sum + lines.length, 0)
  t.diagnostic(`${count} examples`)
  assert.ok(count >= 40, `${count} examples`)
  const unit = commandLinesOfUnit(read('examples/deploy/redoubt.service'))
  assert.deepEqual(refused('redoubt.service', unit), [])
  assert.deepEqual(
    unit.map(({ words }) => words[0]),
    ['serve', 'reload'],
  )
})

test('command lines: what the command does not know is refused', () => {
  const rows: readonly [page: string, want: RegExp | undefined][] = [
    ['```sh\nredoubt serv\n```', /unknown command 'serv'/],
    ['```sh\n$ FOO=1 npx redoubt serve --prot 1 # why\n```', /unknown option '--prot'/],
    ['```sh\ncd x && bin/redoubt backup\n```', /required option '--out/],
    ['```sh\nkey=$(redoubt keys rotate-roots)\n```', /unknown command 'rotate-roots'/],
    ['```sh\nredoubt account import \\\n  a b\n```', /too many arguments/],
    ['```sh\nnpm start -- --port 99999\n```', /A whole number from 0 to 65535 is wanted/],
    ['see `redoubt reload --weight 3`', /unknown option '--weight'/],
    ['see `redoubt backup` and `redoubt serve --port 0 > log`', undefined],
    ['```text\nredoubt says\n```', undefined],
  ]
  for (const [page, want] of rows) {
    const [told, ...more] = refused('page', commandLinesIn(page))
    assert.deepEqual(more, [])
    if (want === undefined) assert.equal(told, undefined)
    else assert.match(told ?? '', want)
  }
  assert.equal(rows.length, 9)
})
