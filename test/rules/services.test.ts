// Goal: who knows one service's folder knows them all: what makes it, what it stores, what it refuses, and its tests stand where they always do.
// Method: look for the files that each has, and read every source file for what belongs into one of them; exceptions stand here with their reasons.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const files = ['service.ts', 'documents.ts', 'faults.ts', 'rig.test.ts']

const without: Readonly<Record<string, string>> = {
  'sts/documents.ts': 'sessions are sealed into their tokens: nothing is stored',
  'cloudwatch/documents.ts': 'its metrics are kept by the telemetry',
  'cloudwatch/rig.test.ts': 'one test, which brings what it needs',
}

/** What stands in a file of one name alone. */
const places: Readonly<Record<string, RegExp>> = {
  'service.ts': /\bservice\(\{/,
  'documents.ts': /\bcollection[<(]/,
  'faults.ts': /\bfaultsOf<|\bnew Fault\(/,
}

test('every service has the files that services have', () => {
  const folders = globSync('*', { cwd: root }).toSorted()
  assert.ok(folders.length > 12, `only ${folders.length} services were found`)
  const missing = folders.flatMap((folder) =>
    files.map((file) => `${folder}/${file}`).filter((file) => !existsSync(join(root, file))),
  )
  assert.deepEqual(missing.toSorted(), Object.keys(without).toSorted())
  for (const folder of folders) {
    assert.match(read(`${folder}/service.ts`), /^export function create\w+Service\(/m, folder)
    const tests = globSync(`${folder}/**/*.test.ts`, { cwd: root }).filter((file) => !/rig\.test/.test(file))
    assert.ok(tests.length > 0, `${folder} has no test beside it`)
  }
})

test('what belongs into one of them stands there alone, also in their folders of parts', () => {
  const sources = globSync('**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  assert.ok(sources.length > 500, `only ${sources.length} files were read`)
  for (const [place, sign] of Object.entries(places)) {
    const holding = sources.filter((file) => sign.test(read(file)))
    assert.ok(holding.length > 12, `only ${holding.length} files of ${place}`)
    const elsewhere = holding.filter((file) => !file.endsWith(`/${place}`))
    assert.deepEqual(elsewhere, [], place)
  }
})

const root = `${import.meta.dirname}/../../src/services`

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}
