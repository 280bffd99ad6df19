import type { OperationModel } from '../shapes.ts'

/** One segment of a URI template: a literal, `{Label}`, or `{Label+}`, which takes the segments that are left. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'label' | 'greedy'; readonly name: string }

/** A REST operation's URI template, taken apart. */
export interface Template {
  readonly segments: readonly Segment[]
  /** Query parameters that tell operations apart (`?Operation=Tag`); undefined: with any value. */
  readonly query: ReadonlyMap<string, string | undefined>
}

const compiled = new WeakMap<OperationModel, Template>()

/** An operation's `requestUri`, taken apart once, when it is first asked for. Source: Smithy 2.0, "http trait". */
export function templateOf(operation: OperationModel): Template {
  const known = compiled.get(operation)
  if (known) return known
  const [path = '', query = ''] = operation.http.requestUri.split('?')
  const made = { segments: segmentsOf(path).map(segmentOf), query: queryOf(query) }
  compiled.set(operation, made)
  return made
}

function segmentOf(text: string): Segment {
  const label = /^\{([^+}]+)(\+?)\}$/.exec(text)
  if (!label) return { kind: 'literal', text }
  return { kind: label[2] === '+' ? 'greedy' : 'label', name: label[1] ?? '' }
}

function queryOf(text: string): Template['query'] {
  const pairs = text === '' ? [] : text.split('&')
  return new Map(
    pairs.map((pair) => {
      const [name = '', value] = pair.split('=')
      return [name, value]
    }),
  )
}

/** A path's segments, still encoded. A slash at the end makes no difference, as with AWS. */
export function segmentsOf(path: string): readonly string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '')
  return trimmed === '' ? [] : trimmed.split('/')
}

/** The labels of a path that a template matches, still encoded; undefined where it does not match. */
export function matchSegments(
  template: readonly Segment[],
  path: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const labels = new Map<string, string>()
  const last = template.at(-1)
  const greedy = last?.kind === 'greedy'
  if (greedy ? path.length < template.length : path.length !== template.length) return undefined
  for (const [at, segment] of template.entries()) {
    const given = path[at] ?? ''
    if (segment.kind === 'literal') {
      if (given !== segment.text) return undefined
    } else {
      const value = segment.kind === 'greedy' ? path.slice(at).join('/') : given
      if (value === '') return undefined
      labels.set(segment.name, value)
    }
  }
  return labels
}
