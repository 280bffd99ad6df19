import { type ParseOptions, parsePolicy, type PolicyKind } from '#engines/policy/index.ts'
import { faults } from './faults.ts'

/**
 * Lets a policy's text through when it is a policy of that kind.
 * Faults: MalformedPolicyDocumentException with AWS's words for the first problem.
 */
export function checkPolicy(text: string, kind: PolicyKind, options?: ParseOptions): void {
  const result = parsePolicy(text, kind, options)
  if ('problems' in result) throw faults.malformedPolicy(result.problems[0].message)
}

/**
 * What a policy counts against a quota. Units: characters without white space.
 * Source: IAM User Guide, "IAM and AWS STS quotas": "IAM doesn't count white space when calculating the size".
 */
export function sizeOf(text: string): number {
  return text.replace(/\s/g, '').length
}

/** What texts take, white space and all. Units: characters. */
export function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0)
}

/** A document as IAM's answers show it. Source: IAM API Reference, GetRole: "URL-encoded compliant with RFC 3986". */
export function urlEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
