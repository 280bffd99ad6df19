// What a page has its reader type, and what it shows in answer.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** A shell block of a page, and the block of text that follows it, if one does. */
export interface Typed {
  readonly commands: string
  readonly shown: string | undefined
}

/** The shell blocks of a page, in order. */
export function typedIn(file: string): readonly Typed[] {
  const page = readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
  const blocks = [...page.matchAll(/^```(?<language>sh|text)\n(?<body>.*?)^```$/gms)].map(
    ({ groups }) => groups ?? {},
  )
  return blocks.flatMap(({ language, body = '' }, at) => {
    if (language !== 'sh') return []
    const next = blocks[at + 1]
    return [{ commands: body, shown: next?.['language'] === 'text' ? next['body'] : undefined }]
  })
}

/** What came of what was typed. */
export interface Session {
  /** What each block printed. */
  readonly printed: readonly string[]
  /** Commands that failed. */
  readonly failed: readonly string[]
}

/** A page that waits for what never comes is given up. Units: milliseconds. */
const typingMsMax = 4 * 60_000

/** Types the blocks into one shell, in order; what runs in the background there ends with it. */
export async function type(
  blocks: readonly Typed[],
  where: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Session> {
  const [next, failure] = ['--- the next block ---', '--- failed: ']
  const script = [
    `trap 'echo "${failure}$BASH_COMMAND"' ERR`,
    ...blocks.map(({ commands }) => `${commands}\necho '${next}'`),
  ].join('\n')
  const shell = spawn('bash', ['-c', `exec 2>&1\n${script}`], {
    ...where,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: typingMsMax,
    detached: true, // A process group: what it left in the background has the same.
  })
  shell.once('exit', () => shell.pid !== undefined && process.kill(-shell.pid, 'SIGKILL'))
  const printed = (await text(shell.stdout)).split(`${next}\n`)
  assert.equal(printed.length, blocks.length + 1, `the shell ended early:\n${printed.join('')}`)
  const failed = printed.flatMap((output) =>
    output.split('\n').flatMap((line) => (line.startsWith(failure) ? line.slice(failure.length) : [])),
  )
  return { printed: printed.slice(0, -1), failed }
}

/** Checks that each line that a page shows was printed, in that order; `…` stands for anything within a line. */
export function assertShown(shown: string, printed: string): void {
  let rest = printed
  for (const line of shown.trimEnd().split('\n')) {
    const form = new RegExp(
      line
        .split('…')
        .map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
        .join('[^\\n]*'),
    )
    const found = form.exec(rest)
    assert.ok(found, `'${line}' is shown, and this was printed:\n${printed}`)
    rest = rest.slice(found.index + found[0].length)
  }
}
