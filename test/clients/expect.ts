import assert from 'node:assert/strict'
import type { Answer } from './client.ts'

/** Gives the output of a call that must be allowed. */
export function allowed<Output>(answer: Answer<Output>): Output {
  assert.ok(answer.ok, answer.ok ? '' : `should be allowed, but got ${answer.code}: ${answer.message}`)
  return answer.output
}

/** Asserts that a call was refused with exactly this code and message. */
export function refused(answer: Answer<unknown>, code: string, message: string): void {
  const got = answer.ok ? { allowed: answer.output } : { code: answer.code, message: answer.message }
  assert.deepEqual(got, { code, message })
}

/** AWS's denial where no policy of a kind allows. Source: IAM User Guide, "Troubleshoot access denied error messages". */
export function denied(
  answer: Answer<unknown>,
  who: string,
  action: string,
  resource: string,
  kind: string,
): void {
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no ${kind} allows the ${action} action`
  // The code of the query protocol, and of the JSON protocols.
  refused(answer, /^(?:kms|sqs):/.test(action) ? 'AccessDeniedException' : 'AccessDenied', message)
}

/** A policy document that allows actions on everything. */
export function allow(...actions: readonly string[]): string {
  return policy({ Effect: 'Allow', Action: actions, Resource: '*' })
}

/** A policy document of these statements. */
export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}
