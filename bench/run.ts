// Runs the benchmarks: `npm run bench [name …] [-- --write]`. Each is a file of this folder that prints a table, and runs in a
// process of its own. `--write` keeps what was printed in docs/benchmarks.md, with the machine and the day; sections of others stay.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { type Bench, benches } from './list.ts'
import { pageWith, pictureOf, type Run } from './page.ts'

const words = process.argv.slice(2)
const write = words.includes('--write')
const named = words.filter((word) => word !== '--write')
for (const name of named) assert.ok(benches.has(name), `${name} is none of ${[...benches.keys()].join(', ')}`)
const chosen = [...benches].filter(([name]) => named.length === 0 || named.includes(name))
const docs = join(import.meta.dirname, '../docs')
const file = join(docs, 'benchmarks.md')
const runs = new Map<string, Run>()
for (const [name, bench] of chosen) {
  console.log(`\n== ${name} (${runs.size + 1} of ${chosen.length}): ${bench.title}\n`)
  const beganMs = performance.now()
  runs.set(name, { printed: await runBench(name, bench), conditions: conditions() })
  console.log(`\n== ${name} took ${Math.round((performance.now() - beganMs) / 1000)} s`)
  // After each of them, so that one that fails costs none that ran before it.
  if (write) writeFileSync(file, pageWith(runs, readFileSync(file, 'utf8')))
}
if (write) console.log(`\n${file} is written.`)

/** Runs one benchmark, showing what it prints; gives the same. */
async function runBench(name: string, { draws = false }: Bench): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(draws && write && { BENCH_PICTURE: join(docs, pictureOf(name)) }) },
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    process.stdout.write(text)
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  assert.equal(code, 0, `${name} ended with exit code ${String(code)}`)
  return printed
}

/** Where and when a section was measured. */
function conditions(): string {
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model.trim() || process.arch}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}`
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, ${machine}, Node ${process.versions.node}, load at the end ${loadavg()[0]?.toFixed(2)}`
}
