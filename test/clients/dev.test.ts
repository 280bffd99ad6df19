// Goal: --dev gives CI known administrators and a reset, and enforces everything else as ever.
// Method: real clients against `redoubt serve --dev`, with one worker and with two.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Credentials, devAdministrator, directoryFor, serverFor, startServer } from '../server.ts'
import { allow, allowed, denied, refused } from './expect.ts'
import { sdk } from './sdk.ts'

const principals = [
  '123456789012:user/ci:CIKEY_CIKEY_CIKEY:CI:SECRET',
  '123456789013:user/ops@example.com:ops-key:s',
]

const administrators: readonly [name: string, credentials: Credentials, arn: string][] = [
  ['test/test', devAdministrator, 'arn:aws:iam::000000000000:user/test'],
  [
    'twelve digits',
    { accessKeyId: '555566667777', secretAccessKey: 'test' },
    'arn:aws:iam::555566667777:user/test',
  ],
  [
    'an administrator by option, whose secret holds a colon',
    { accessKeyId: 'CIKEY_CIKEY_CIKEY', secretAccessKey: 'CI:SECRET' },
    'arn:aws:iam::123456789012:user/ci',
  ],
  [
    'a second administrator by option',
    { accessKeyId: 'ops-key', secretAccessKey: 's' },
    'arn:aws:iam::123456789013:user/ops@example.com',
  ],
]

for (const workers of [1, 2]) {
  test(`dev: known administrators, each in its account (${workers} workers)`, async (t) => {
    const server = await serverFor(t, { dev: true, workers, principals })
    const client = sdk(t, server.url)
    let ran = 0
    for (const [name, credentials, arn] of administrators) {
      await t.test(name, async () => {
        assert.equal(allowed(await client.call('sts', 'GetCallerIdentity', {}, credentials)).Arn, arn)
        const { Users } = allowed(await client.call('iam', 'ListUsers', {}, credentials))
        assert.deepEqual(
          Users.map(({ Arn }) => Arn),
          [arn],
        )
        const wrong = { ...credentials, secretAccessKey: 'Test' }
        const answer = await client.call('sts', 'GetCallerIdentity', {}, wrong)
        assert.equal(answer.ok ? 'let in' : answer.code, 'SignatureDoesNotMatch')
        ran += 1
      })
    }
    assert.equal(ran, 4)
    for (const accessKeyId of [
      'test2',
      'Test',
      'testing',
      '12345678901',
      '1234567890123',
      'AKIAIOSFODNN7EXAMPLE',
    ]) {
      const answer = await client.call(
        'sts',
        'GetCallerIdentity',
        {},
        { accessKeyId, secretAccessKey: 'test' },
      )
      refused(answer, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
    }
  })

  test(`dev: a reset restores the first state (${workers} workers)`, async (t) => {
    const server = await serverFor(t, { dev: true, workers, principals })
    const client = sdk(t, server.url)
    const [ci] = administrators.slice(2).map(([, credentials]) => credentials)
    assert.ok(ci)
    allowed(await client.call('iam', 'CreateUser', { UserName: 'dave' }, devAdministrator))
    const { AccessKey } = allowed(
      await client.call('iam', 'CreateAccessKey', { UserName: 'dave' }, devAdministrator),
    )
    const dave = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    allowed(await client.call('sts', 'GetCallerIdentity', {}, dave))
    allowed(
      await client.call('iam', 'DeleteAccessKey', { UserName: 'ci', AccessKeyId: 'CIKEY_CIKEY_CIKEY' }, ci),
    )

    const { status } = await fetch(`${server.url}/_redoubt/reset`, { method: 'POST' })
    assert.equal(status, 204)
    // Both workers answer some of these.
    for (let round = 0; round < 8; round += 1) {
      const fresh = sdk(t, server.url)
      const trail = await fresh.call('cloudtrail', 'LookupEvents', { MaxResults: 50 }, devAdministrator)
      const { Events = [], NextToken } = allowed(trail)
      assert.equal(NextToken, undefined)
      const names = Events.map(({ EventName = '' }) => EventName)
      // Two of each round before; the third is of another account, and refused ones are nobody's. Sorted: two workers' records of
      // one second are in no order.
      assert.deepEqual(
        names.toSorted(),
        ['ListUsers', 'LookupEvents'].flatMap((name) => Array.from({ length: round }, () => name)),
      )
      const { Users } = allowed(await fresh.call('iam', 'ListUsers', {}, devAdministrator))
      assert.deepEqual(
        Users.map(({ UserName }) => UserName),
        ['test'],
      )
      refused(
        await fresh.call('sts', 'GetCallerIdentity', {}, dave),
        'InvalidClientTokenId',
        'The security token included in the request is invalid.',
      )
      allowed(await fresh.call('sts', 'GetCallerIdentity', {}, ci))
    }
  })
}

test('dev: everything else is enforced', async (t) => {
  const server = await serverFor(t, { dev: true })
  const client = sdk(t, server.url)
  allowed(await client.call('iam', 'CreateUser', { UserName: 'erin' }, devAdministrator))
  const { AccessKey } = allowed(
    await client.call('iam', 'CreateAccessKey', { UserName: 'erin' }, devAdministrator),
  )
  const erin = { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
  const arn = 'arn:aws:iam::000000000000:user/erin'
  denied(await client.call('iam', 'GetUser', {}, erin), arn, 'iam:GetUser', arn, 'identity-based policy')
  const policy = { UserName: 'erin', PolicyName: 'self', PolicyDocument: allow('iam:GetUser') }
  allowed(await client.call('iam', 'PutUserPolicy', policy, devAdministrator))
  allowed(await client.call('iam', 'GetUser', {}, erin))
})

test('dev: its endpoints and its data stay with it', async (t) => {
  const normal = await serverFor(t)
  const { status } = await fetch(`${normal.url}/_redoubt/reset`, { method: 'POST' })
  assert.equal(status, 404, 'there is no reset without --dev')

  const directory = directoryFor(t)
  const dev = await serverFor(t, { dev: true, directory })
  await dev.stop()
  await assert.rejects(startServer({ directory }), /was made with --dev, whose credentials are known/)
  await normal.stop()
  await assert.rejects(startServer({ dev: true, directory: normal.directory }), /was made without --dev/)
  await assert.rejects(startServer({ principals, directory: directoryFor(t) }), /--principal goes with --dev/)
})
