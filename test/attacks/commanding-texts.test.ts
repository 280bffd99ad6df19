// Goal: no text of somebody else commands a terminal, ends a line of a log, or turns what stands behind it around. Method: rows; the server's log and
// what commands print, with such texts in them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summary } from '../../src/cli/ingest.ts'
import { createLog } from '#core/log.ts'
import { visible } from '#core/visible.ts'

const rows: readonly (readonly [sentence: string, text: string, want: string])[] = [
  ['colours', '\u001b[31mred', '\\u001b[31mred'],
  ['a title of the window', '\u001b]0;pwned\u0007', '\\u001b]0;pwned\\u0007'],
  ['the same command in one character', '\u009b2J', '\\u009b2J'],
  ['a line that looks like another', 'a\r\nlevel=info', 'a\\u000d\\u000alevel=info'],
  ['lines of other kinds', 'a\u0085b\u2028c\u2029d', 'a\\u0085b\\u2028c\\u2029d'],
  ['what is written backwards', 'a\u202egpj.exe\u2066', 'a\\u202egpj.exe\\u2066'],
  ['what wipes the letter before', 'ok\b\bno\u007f', 'ok\\u0008\\u0008no\\u007f'],
  ['letters of people', 'Zoë, 東京, emoji 👩‍🚀, 100 %s {} $x', 'Zoë, 東京, emoji 👩‍🚀, 100 %s {} $x'],
]

/** Everything that `visible` takes out. */
const commands = rows.map(([, text]) => text).join('')
const commanding = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

test('visible: what would command is shown', () => {
  for (const [sentence, text, want] of rows) assert.equal(visible(text), want, sentence)
  assert.equal(rows.length, 8)
})

test('visible: a line of the server’s log is one line, and reads as what was said', () => {
  const lines: string[] = []
  createLog(
    (line) => lines.push(line),
    () => 0,
  )({ level: 'info', event: 'tried', path: commands })
  const [line = ''] = lines
  assert.ok(line.endsWith('\n'))
  assert.doesNotMatch(line.slice(0, -1), commanding)
  assert.equal((JSON.parse(line) as { readonly path: string }).path, commands)
})

test('visible: what is ingested says nothing to the operator’s terminal', () => {
  const accounts = new Map([[commands, 1]])
  const told = summary({ files: 1, records: 1, rejected: new Map(), accounts, taken: 0 })
  assert.doesNotMatch(told.replaceAll('\n', ''), commanding)
  assert.ok(told.includes(visible(commands)))
})
