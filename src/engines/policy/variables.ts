import type { Pattern } from './pattern.ts'
import type { Context } from './request.ts'
import type { PolicyVersion } from './version.ts'

/** A policy text taken apart: literal text with wildcards, and variables to fill in for each request. */
export interface Template {
  readonly parts: readonly Part[]
  /** False where the text is the same for every request. */
  readonly variable: boolean
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly mark: string }
  | { readonly kind: 'variable'; readonly key: string; readonly otherwise: string | undefined }

/** `${*}`, `${?}` and `${$}` stand for the character itself. Source: IAM User Guide, "Variables and tags". */
const specials = new Set(['*', '?', '$'])
/** The name begins with no blank, so that blanks in front of it are tried one way alone: in linear time. */
const variableBody = /^\s*([^,'}\s](?:[^,'}]*[^,'}\s])?)\s*(?:,\s*'([^']*)'\s*)?$/

/**
 * Takes a text apart, or gives `undefined` where a `${` has no well-formed end.
 * Version 2008-10-17 knows no variables: there, `${aws:username}` is those fifteen characters.
 */
export function parseTemplate(
  text: string,
  version: PolicyVersion,
  wildcards: boolean,
): Template | undefined {
  const parts: Part[] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') parts.push({ kind: 'text', text: plain })
    plain = ''
  }
  for (let index = 0; index < text.length; index += 1) {
    const mark = text.charAt(index)
    if (mark === '$' && text[index + 1] === '{' && version === '2012-10-17') {
      const end = text.indexOf('}', index)
      if (end < 0) return undefined
      const body = text.slice(index + 2, end)
      index = end
      if (specials.has(body)) {
        plain += body
        continue
      }
      const [, key, otherwise] = variableBody.exec(body) ?? []
      if (key === undefined) return undefined
      flush()
      parts.push({ kind: 'variable', key: key.toLowerCase(), otherwise })
    } else if (wildcards && (mark === '*' || mark === '?')) {
      flush()
      parts.push({ kind: 'wildcard', mark })
    } else {
      plain += mark
    }
  }
  flush()
  return { parts, variable: parts.some(({ kind }) => kind === 'variable') }
}

/**
 * Fills in the variables, or gives `undefined` where one has neither a value nor a default. A key with many values
 * has no value here. Source: IAM User Guide, "Single-valued vs. multivalued context keys", key points.
 */
export function resolve(template: Template, context: Context): Pattern | undefined {
  let text = ''
  const wildcards: number[] = []
  for (const part of template.parts) {
    switch (part.kind) {
      case 'text':
        text += part.text
        break
      case 'wildcard':
        wildcards.push(text.length)
        text += part.mark
        break
      case 'variable': {
        const value = context.get(part.key) ?? part.otherwise
        if (typeof value !== 'string') return undefined
        text += value
      }
    }
  }
  return { text, wildcards }
}

/** A context in which nothing is known: what is left to resolve is the same for every request. */
export const nothingKnown: Context = { get: () => undefined }

/** The colon-delimited components of an ARN as written: a colon inside `${…}` belongs to a key's name. */
export function componentsOf(arn: string): readonly string[] {
  const components: string[] = []
  let start = 0
  for (let index = 0; index < arn.length; index += 1) {
    if (arn[index] === '$' && arn[index + 1] === '{') {
      const end = arn.indexOf('}', index)
      if (end < 0) break
      index = end
    } else if (arn[index] === ':') {
      components.push(arn.slice(start, index))
      start = index + 1
    }
  }
  components.push(arn.slice(start))
  return components
}
