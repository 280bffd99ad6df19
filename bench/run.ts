// Runs the benchmarks: `npm run bench [name …] [-- --write]`. Each is a file of this folder that prints a table, and runs in a
// process of its own. `--write` keeps what was printed in docs/benchmarks.md, with the machine and the day; sections of others stay.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'

/** What each measures, in the order of running. */
const benches: ReadonlyMap<string, string> = new Map([
  ['decide', 'Authorization decisions a second, beside Cedar in Go and in WebAssembly'],
  ['store', 'Durable commits of the store by itself'],
  ['http', 'Signed calls over HTTP, beside moto and a bare node:http server'],
  ['writes', 'Durable CreateUser over HTTP, start and memory'],
  ['edge', 'The edge, plain and guarded, beside proxies and web application firewalls'],
  ['edge-quality', 'What web application firewalls block of a corpus of attacks'],
  [
    'detect-quality',
    'What detection sees of known techniques, and says of their harmless twins and of quiet fortnights',
  ],
  ['waf', 'Inspecting a request with web ACLs, beside sets of regular expressions alone'],
  ['events', "Event patterns, beside AWS's event-ruler"],
  ['put-events', 'From PutEvents to a function, warm and cold'],
  ['sqs', 'Messages sent, received and deleted over HTTP, beside moto'],
  ['logs', 'Log events put, read and searched, beside moto'],
  ['lake', 'SQL over audit records'],
  ['kms', 'Keys in use over HTTP and signing, beside moto, openssl and node:http that encrypts'],
  [
    'detect',
    'Records through all detectors from their text, beside sigma-rust, and what detection remembers',
  ],
])

const words = process.argv.slice(2)
const write = words.includes('--write')
const named = words.filter((word) => word !== '--write')
for (const name of named) assert.ok(benches.has(name), `${name} is none of ${[...benches.keys()].join(', ')}`)
const chosen = named.length > 0 ? named : [...benches.keys()]
const file = join(import.meta.dirname, '../docs/benchmarks.md')
const sections = new Map<string, string>()
for (const name of chosen) {
  console.log(`\n== ${name}: ${benches.get(name)}\n`)
  const printed = (await runBench(name)).trimEnd()
  sections.set(
    name,
    `## ${benches.get(name)}\n\n\`npm run bench ${name}\` · ${conditions()}\n\n\`\`\`text\n${printed}\n\`\`\`\n`,
  )
}
if (write) {
  writeFileSync(file, page())
  console.log(`\n${file} is written.`)
}

/** Runs one benchmark, showing what it prints; gives the same. */
async function runBench(name: string): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
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

/** The section that the page has of a benchmark: as it stands there where it was not measured now. */
function sectionOf(name: string, before: string): string | undefined {
  const known = before.split(/^(?=## )/m).find((section) => section.includes(`\n\`npm run bench ${name}\``))
  return sections.get(name) ?? (known && `${known.trimEnd()}\n`)
}

function page(): string {
  const before = readFileSync(file, 'utf8')
  const all = [...benches.keys()].flatMap((name) => sectionOf(name, before) ?? [])
  return `# Benchmarks

Written by \`npm run bench -- --write\`: the figures of a section are of one run, on one machine, peers and yardsticks included; below its title
stands when and where that was.

How to read it:

- **Microseconds and calls a second belong to this machine** and to how busy it was. The line "machine before/after" says how fast
  it was meanwhile: two small things that take 2.7 µs and 0.7 µs where the goals were set.
- **Ratios hold on any machine.** Over HTTP what is compared takes turns, a second or less each, and a ratio is taken within a round, so
  that a slow moment meets both sides; the median of the rounds is shown. "CPU ÷ SigV4 sums" is the CPU time of a call, as a
  multiple of what node:http takes to read the same request and compute its signature: 51 µs where the goals were set, so that
  1.00 × is the goal of 50 µs for a call that is verified, authorized and recorded. "CPU ÷ bare" is the same against node:http
  that reads the request and answers five letters.
- **Goals** stand below the figures that they are about, with what this run measured. Those in microseconds or calls a second
  were set for a machine with 2.7 and 0.7 in that line; on another one judge by the ratios.

${all.join('\n')}`
}
