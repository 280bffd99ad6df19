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
