import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A line of an attack corpus. */
export interface CorpusRequest {
  readonly id: string
  readonly class: string
  readonly expect: 'block' | 'pass'
  readonly method: string
  readonly target: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly body_b64?: string
  readonly raw_b64?: string
}

/** Reads a corpus. The corpus's own tool writes its lines; a line of another form fails on its first use. */
export function readCorpus(file: string): readonly CorpusRequest[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as CorpusRequest)
}
