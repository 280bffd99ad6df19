// Goal: no text that somebody sends costs more time or memory than its length justifies, whichever parser reads it.
// Method: each parser reads, at the largest size that its door lets in, one piece of text over and over: every opening, separator and escape of the
// languages, plain and within what leads inside its grammar; and texts of its own that go as deep as they may. It does so in a thread of little memory. The
// processor time of each is bounded; a wrong answer is other tests' matter. Which functions read is taken from the code: a new one fails until it is tried.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { Begun, Read } from './parse-hostile-texts.ts'
import { parsers } from './parsers.ts'
import { neverStrangers, tried, triedElsewhere } from './readers.ts'

/** Of one text of the largest size. Units: milliseconds of the processor. */
const cpuMsMax = 1_000
/** Of the thread that reads all of them, one after another. Units: mebibytes. */
const memoryMbMax = 128
const textsMin = 14_000

test('no parser takes longer, or more memory, than a text of its size may take', async (t) => {
  let [texts, begun] = [0, '']
  let slowest: Read | undefined
  const wrong: string[] = []
  const worker = new Worker(new URL('parse-hostile-texts.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMbMax, maxYoungGenerationSizeMb: 32 },
  })
  worker.on('message', (told: Read | Begun) => {
    if ('begins' in told) {
      begun = told.begins
      return
    }
    texts += 1
    const { parser, made, cpuMs, failure } = told
    if (failure !== undefined) wrong.push(`${parser} of ${made}: ${failure}`)
    if (cpuMs > cpuMsMax) wrong.push(`${parser} of ${made}: ${Math.round(cpuMs)} ms`)
    if (slowest === undefined || cpuMs > slowest.cpuMs) slowest = told
  })
  const ended = await new Promise<string>((resolve) => {
    worker.on('error', (error) => resolve(`${begun}: ${String(error)}`))
    worker.on('exit', () => resolve('all were read'))
  })
  assert.equal(ended, 'all were read')
  assert.deepEqual(wrong, [])
  assert.ok(texts >= textsMin, `${texts} texts`)
  t.diagnostic(
    `${texts} texts; the slowest took ${Math.round(slowest?.cpuMs ?? 0)} ms: ${slowest?.parser} of ${slowest?.made}`,
  )
})

/** An exported function that by its name reads, and whose first parameter is a text, bytes or what nobody has looked at. */
const reader =
  /^export (?:async )?function ((?:parse|read|decode|compile|check|unpack|unescape|unwrap)[A-Z]\w*)(?:<[^>]*>)?\(\s*\w+: (?:readonly )?(?:string|Buffer|Uint8Array|unknown)\b/gm

test('every function that reads what somebody wrote is tried, or has a reason', () => {
  // The command's own arguments and files are the operator's.
  const files = globSync('{core,edge,engines,functions,resolver,services,telemetry,wire}/**/*.ts', {
    cwd: `${root}/src`,
  }).filter((file) => !file.endsWith('.test.ts'))
  assert.ok(files.length > 1_000, `only ${files.length} files were read`)
  const found = files.flatMap((file) =>
    [...readFileSync(`${root}/src/${file}`, 'utf8').matchAll(reader)].map(([, name]) => `${file} ${name}`),
  )
  const known = [tried, triedElsewhere, neverStrangers].flatMap((table) =>
    Object.entries(table).flatMap(([file, functions]) =>
      Object.keys(functions).map((name) => `${file} ${name}`),
    ),
  )
  assert.deepEqual(found.toSorted(), known.toSorted())
  for (const [file, functions] of Object.entries(tried))
    for (const parser of Object.values(functions))
      assert.ok(Object.hasOwn(parsers, parser), `${file}: there is no parser '${parser}'`)
  for (const [file, functions] of Object.entries(triedElsewhere))
    for (const test of Object.values(functions)) assert.ok(existsSync(`${root}/${test}`), `${file}: ${test}`)
})

test('the rule finds what reads', () => {
  const found = (line: string): boolean => [...line.matchAll(reader)].length > 0
  for (const line of [
    'export function parseThing(text: string): Thing {',
    'export async function readThing<T>(bytes: Uint8Array, more: T): Promise<Thing> {',
    'export function compileThing(\n  given: unknown,\n): Thing {',
  ])
    assert.ok(found(line), line)
  for (const line of [
    'export function readThing(call: Call): Thing {',
    'function parseThing(text: string) {',
  ])
    assert.ok(!found(line), line)
})

const root = `${import.meta.dirname}/../..`
