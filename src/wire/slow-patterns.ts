/** How a pattern is kept from taking more than linear time: by another of the same meaning, or by a bound on what it meets. */
interface Tamed {
  readonly linear?: string
  /** Longer values do not match. Above what any value of the pattern's kind has. */
  readonly charactersMax?: number
}

/**
 * Patterns of AWS's models that backtracking takes exponential or quadratic time for, on input that has no length limit to
 * prevent it. Found with `recheck` over every pattern of the models; `pattern.test.ts` looks for more.
 */
export const slowPatterns: ReadonlyMap<string, Tamed> = new Map<string, Tamed>([
  [
    // EventBridge, a header's value: runs of printable characters, which include the space that also separates the runs.
    String.raw`^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$`,
    { linear: String.raw`\t*[\x20-\x7E][\t\x20-\x7E]*` },
  ],
  [
    // EventBridge, a header's name: the same with other characters.
    String.raw`^[ \t]*[^\x00-\x1F:\x7F]+([ \t]+[^\x00-\x1F:\x7F]+)*[ \t]*$`,
    { linear: String.raw`\t*[^\x00-\x1F:\x7F](?:\t|[^\x00-\x1F:\x7F])*` },
  ],
  [
    // Inspector, an image's ARN; ARNs end at 2,048 characters.
    String.raw`arn:.*:ecr:.*:\d{12}:repository\/[a-zA-Z0-9._\/-]+(\/sha256:[a-z0-9]{64})?`,
    { charactersMax: 2048 },
  ],
])
