/** AWS's event-ruler, the peer of the patterns' benchmark: the Java program in `peers/event-ruler`, given questions as JSON. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Pair } from './events-workload.ts'

export interface Questions {
  /** Patterns of which to say whether they are taken. */
  readonly checked?: readonly string[]
  /** Patterns beside one event each. */
  readonly pairs?: readonly Pair[]
  /** Patterns that are one set, asked of each event. */
  readonly patterns?: readonly string[]
  readonly events?: readonly string[]
  readonly rounds?: number
  readonly roundMs?: number
}

export interface Answers {
  /** Null for a pattern that is taken. */
  readonly reasons: readonly (string | null)[]
  /** Whether the pair matches; a text where the peer failed. */
  readonly alone: readonly (boolean | string)[]
  /** The numbers of the patterns that an event matches, in no order. */
  readonly together: readonly (readonly number[])[]
  /** Of the set, from the events' texts and from events that were read before. Units: events a second, the best round. */
  readonly rates: { readonly text: number; readonly read: number }
}

/** Answers questions, until it is closed. */
export interface Peer {
  ask(questions: Questions): Promise<Answers>
  close(): Promise<void>
}

const run = promisify(execFile)
const source = join(import.meta.dirname, 'peers/event-ruler')
const fetchTimeoutMs = 300_000
const answerBytesMax = 1 << 28

/** Fetches event-ruler with Maven; a missing tool says so. */
export async function eventRuler(): Promise<Peer | { readonly missing: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'redoubt-event-ruler-'))
  try {
    await run('java', ['-version'])
    await run(
      'mvn',
      [
        '-q',
        '-B',
        '-f',
        join(source, 'pom.xml'),
        'dependency:copy-dependencies',
        `-DoutputDirectory=${folder}`,
      ],
      { timeout: fetchTimeoutMs },
    )
  } catch (reason) {
    await rm(folder, { recursive: true })
    const why = reason instanceof Error ? reason.message.split('\n')[0] : 'unknown'
    return { missing: `event-ruler was not fetched: ${why ?? ''}` }
  }
  return {
    async ask(questions) {
      const asked = {
        ...questions,
        pairs: questions.pairs?.map(({ pattern, event }) => [pattern, event]) ?? [],
      }
      const child = run('java', ['-cp', join(folder, '*'), join(source, 'Match.java')], {
        maxBuffer: answerBytesMax,
      })
      child.child.stdin?.end(JSON.stringify(asked))
      // The program is ours, next door, and writes exactly this.
      return JSON.parse((await child).stdout) as Answers
    },
    close: () => rm(folder, { recursive: true }),
  }
}
