// Goal: two workers are one cloud: whichever of them answers, what anybody was told before holds.
// Method: every call on a connection of its own, so that chance gives it to one worker or the other; the segments of records tell
// that both took part.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { administratorOf, type Credentials, serverFor } from '../server.ts'
import type { Answer } from './client.ts'
import { allow, allowed } from './expect.ts'
import { sdk } from './sdk.ts'

const rounds = 8
const askers = 2

test('workers: what one has answered, both know', async (t) => {
  const server = await serverFor(t, { workers: 2 })
  const administrator = administratorOf(server)
  const anew = () => sdk(t, server.url)
  const everywhere = <Output>(ask: () => Promise<Answer<Output>>) =>
    Promise.all(Array.from({ length: askers }, ask))

  const UserName = 'worker'
  allowed(await anew().call('iam', 'CreateUser', { UserName }, administrator))
  for (let round = 0; round < rounds; round += 1) {
    const { AccessKey } = allowed(await anew().call('iam', 'CreateAccessKey', { UserName }, administrator))
    const key: Credentials = {
      accessKeyId: AccessKey.AccessKeyId,
      secretAccessKey: AccessKey.SecretAccessKey,
    }
    const list = () => anew().call('iam', 'ListUsers', {}, key)
    assert.deepEqual(
      codes(await everywhere(list)),
      ['AccessDenied'],
      'a new key is known, and may do nothing',
    )

    const policy = { UserName, PolicyName: 'p', PolicyDocument: allow('iam:ListUsers') }
    allowed(await anew().call('iam', 'PutUserPolicy', policy, administrator))
    assert.deepEqual(codes(await everywhere(list)), ['allowed'])

    allowed(await anew().call('iam', 'DeleteUserPolicy', { UserName, PolicyName: 'p' }, administrator))
    assert.deepEqual(codes(await everywhere(list)), ['AccessDenied'])

    const AccessKeyId = key.accessKeyId
    allowed(await anew().call('iam', 'DeleteAccessKey', { UserName, AccessKeyId }, administrator))
    assert.deepEqual(codes(await everywhere(list)), ['InvalidClientTokenId'])
  }

  const attribute = { AttributeKey: 'EventName', AttributeValue: 'ListUsers' } as const
  const lookUp = () =>
    anew().call(
      'cloudtrail',
      'LookupEvents',
      { LookupAttributes: [attribute], MaxResults: 50 },
      administrator,
    )
  for (const answer of await everywhere(lookUp)) {
    const { Events = [] } = allowed(answer)
    // Two denials and one success an asker and round; a key that is unknown is nobody's.
    assert.equal(Events.length, 3 * askers * rounds, 'each shows the records of both')
  }
  const segments = readdirSync(join(server.directory, 'telemetry', 'audit'))
  for (const worker of [0, 1]) {
    assert.ok(
      segments.some((file) => file.includes(`-${worker}-00`)),
      `worker ${worker} answered`,
    )
  }
  assert.equal(await server.stop(), 0)
})

/** The different outcomes, each once. */
function codes(answers: readonly Answer<unknown>[]): readonly string[] {
  return [...new Set(answers.map((answer) => (answer.ok ? 'allowed' : answer.code)))]
}
