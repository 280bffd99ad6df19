import type { Problem } from './ast.ts'
import type { Position } from './json.ts'

/**
 * The order in which IAM looks at a policy: of several mistakes it reports the one found in the earliest pass,
 * wherever in the text it stands.
 * Source: the answers of IAM's CreatePolicy to documents with two mistakes, as moto's tests record them.
 */
const passes = [
  'syntax',
  'version',
  'legacy',
  'sid',
  'actions',
  'resource format',
  'action format',
  'resources',
] as const
export type Pass = (typeof passes)[number]

/** Collects what is wrong, and hands it out in the order in which AWS would have said it. */
export class Problems {
  readonly #found: { readonly pass: Pass; readonly problem: Problem }[] = []

  add(pass: Pass, message: string, at: Position, path: string): void {
    this.#found.push({ pass, problem: Object.freeze({ message, line: at.line, column: at.column, path }) })
  }

  inOrder(): readonly Problem[] {
    return passes.flatMap((pass) =>
      this.#found.filter((found) => found.pass === pass).map(({ problem }) => problem),
    )
  }
}
