// A thread of little memory that keeps many sets of policies and asks each about many actions; policy-set.test.ts starts it.
import assert from 'node:assert/strict'
import { parentPort } from 'node:worker_threads'
import { compile, parsePolicy } from '#engines/policy/index.ts'

/** As many statements as fit into a session policy, each of which speaks about every action. */
const Statement = Array.from({ length: 25 }, (_, index) => ({
  Effect: 'Deny',
  Action: '*',
  Resource: `arn:aws:s3:::${'b'.repeat(index % 9)}${index}`,
}))
const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'session')
assert.ok('policy' in parsed)
const { policy } = parsed
const sets = Array.from({ length: 100 }, () => compile([{ name: 'p', policy }]))
const principal = { kind: 'anonymous' } as const
let denied = 0
for (const set of sets)
  for (let index = 0; index < 500; index += 1) {
    const request = { action: `s3:Get${index}`, resource: 'arn:aws:s3:::b1', principal, resourceAccount: '' }
    if (set.findDeny({ ...request, context: new Map() }, false)) denied += 1
  }
parentPort?.postMessage(denied)
