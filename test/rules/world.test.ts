// Goal: the clock, randomness, timers and the network enter through core/world.ts alone, so that a test can fix them.
// Method: read every source file of the product for their names; the exceptions are listed with their reasons.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

const forbidden =
  /\b(?:Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|randomBytes as|randomUUID|randomInt|performance\.now)\b|import \{[^}]*\b(?:randomBytes|randomUUID|randomInt|getRandomValues)\b[^}]*\} from 'node:crypto'|(?<![.\w])fetch\(/

const exceptions: ReadonlyMap<string, string> = new Map([
  ['src/core/world.ts', 'the one place'],
  ['src/cli/start-worker.ts', 'waits for calls under way while the process stops, outside of any call'],
  ['src/functions/runtimes/node-bootstrap.ts', "a text that runs in a function's process"],
  ['src/edge/tokens/page-script.ts', "a text that a browser runs, with the browser's own clock"],
])

test('time, randomness, timers and fetch live in core/world.ts alone', () => {
  const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  assert.ok(files.length > 100, `only ${files.length} files were read`)
  const found = files.filter((file) => forbidden.test(readFileSync(`${root}/${file}`, 'utf8')))
  assert.deepEqual(
    found.filter((file) => !exceptions.has(file)),
    [],
  )
})

test('the rule sees what it forbids', () => {
  for (const line of [
    "import { randomBytes } from 'node:crypto'",
    'const t = Date.now()',
    'setTimeout(f, 1)',
    'await fetch(url)',
  ]) {
    assert.match(line, forbidden)
  }
})

const root = `${import.meta.dirname}/../..`
