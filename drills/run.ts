// Runs the drills: `npm run drill [name …] [-- --write]`. Each is a file of this folder that runs in a process of its own, says its promise
// first and ends with exit code 1 where it is broken. `--write` keeps what was seen in docs/reliability.md; sections of others stay.
// To add a drill: a file here that calls `drill` (drill.ts), and its name in the list.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { marks, notRun } from './drill.ts'

/** In the order of running. */
const drills: readonly string[] = [
  'kill-daemon',
  'kill-workers',
  'kill-threads',
  'out-of-memory',
  'disk-full',
  'read-only',
  'clock',
  'idle-connections',
  'flipped-bits',
  'reload',
  'backup',
  'account',
  'upgrade',
  'soak',
]

const words = process.argv.slice(2)
const write = words.includes('--write')
const named = words.filter((word) => word !== '--write')
for (const name of named) assert.ok(drills.includes(name), `${name} is none of ${drills.join(', ')}`)
const file = join(import.meta.dirname, '../docs/reliability.md')
const printed = new Map<string, string>()
const [broken, passedOver]: [string[], string[]] = [[], []]
for (const name of named.length > 0 ? named : drills) {
  console.log(`\n== ${name}\n`)
  const { code, text } = await runDrill(name)
  if (code === notRun) passedOver.push(name)
  else printed.set(name, section(name, text.trimEnd()))
  if (code !== 0 && code !== notRun) broken.push(name)
  // One after another: a run that is cut off loses no other.
  if (write) writeFileSync(file, await format(page(), { ...(await resolveConfig(file)), filepath: file }))
}
if (write) console.log(`\n${file} is written.`)
if (passedOver.length > 0) console.error(`\nNot run on this machine: ${passedOver.join(', ')}`)
if (broken.length > 0) {
  console.error(`\nThe promise is broken: ${broken.join(', ')}`)
  process.exitCode = 1
}

/** Runs one drill, showing what it prints. */
async function runDrill(name: string): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
    process.stdout.write(piece)
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, text }
}

function section(name: string, text: string): string {
  const [cpu] = cpus()
  const machine = `${cpus().length} × ${cpu?.model.trim() || process.arch}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release()}`
  const day = new Date().toISOString().slice(0, 10)
  const lines = text
    .split('\n')
    .map((line) => (/^(?:- |\|)/.test(line) ? line : `\n${line}\n`)) // Lists and tables stay together.
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
  return `## ${name}\n\n\`npm run drill ${name}\` · ${day}, ${machine}, Node ${process.versions.node}\n${lines.trimEnd()}\n`
}

/** What the page says of each drill: as it was seen now, or as it stands there. */
function sections(): ReadonlyMap<string, string> {
  const before = readFileSync(file, 'utf8').split(/^(?=## )/m)
  return new Map(
    drills.flatMap((name) => {
      const known = printed.get(name) ?? before.find((one) => one.includes(`\n\`npm run drill ${name}\``))
      return known === undefined ? [] : [[name, `${known.trimEnd()}\n`] as const]
    }),
  )
}

function page(): string {
  const all = sections()
  const rows = [...all].map(([name, text]) => {
    const told = (mark: string): string =>
      text
        .split('\n')
        .find((line) => line.startsWith(mark))
        ?.slice(mark.length) ?? ''
    return `| ${told(marks.fault)} | ${told(marks.promise)} | [${name}](#${name}) | ${told(marks.verdict)} |`
  })
  return `# Reliability

What Redoubt promises when something goes wrong, and the drill that shows it. \`npm run drill\` runs all of them again, \`npm run drill <name>\`
one; a drill ends with exit code 1 when its promise is broken. The sections are written by \`npm run drill -- --write\`: what was done, what was
seen, on which day and machine.

| fault | what Redoubt promises | drill | result |
| --- | --- | --- | --- |
${rows.join('\n')}

${[...all.values()].join('\n')}`
}
