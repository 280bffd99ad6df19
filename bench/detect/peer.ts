/** sigma-rust, the peer of the detection's benchmark: the Rust program in `peers/sigma-rust`. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rules, tellings } from './rules.ts'

const run = promisify(execFile)
const source = join(import.meta.dirname, '../peers/sigma-rust')
const buildTimeoutMs = 600_000

/** Units: events a second, the best round; or why there is none. */
export async function sigmaRust(
  events: readonly string[],
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<number | { readonly missing: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'redoubt-sigma-rust-'))
  try {
    await run('cargo', ['build', '--release', '--locked', '--target-dir', folder], {
      cwd: source,
      timeout: buildTimeoutMs,
    })
    const child = run(join(folder, 'release/detect'), [], { maxBuffer: 1 << 20 })
    child.child.stdin?.end(JSON.stringify({ rules, events, rounds, roundMs: Math.ceil(roundMs) }))
    // The program is ours, next door, and writes exactly this.
    const { matches, rate } = JSON.parse((await child).stdout) as {
      readonly matches: number
      readonly rate: number
    }
    const want = tellings(events)
    if (matches !== want) throw new Error(`sigma-rust finds ${matches} of ${want} matches`)
    return rate
  } catch (reason) {
    const why = reason instanceof Error ? reason.message.split('\n')[0] : 'unknown'
    return { missing: `sigma-rust did not run: ${why ?? ''}` }
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const ruleCount = rules.length
