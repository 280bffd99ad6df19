// Goal: a disk that takes no audit record costs answers, never the process, and never a record of what was done.
// Method: a server whose folder of records is replaced by a file for a while, as that fails whoever runs the test.
import assert from 'node:assert/strict'
import { renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { devAdministrator, serverFor } from '../server.ts'
import { allowed } from './expect.ts'
import { sdk } from './sdk.ts'

test('full disk: calls fail until records can be written again, and none is lost', async (t) => {
  const server = await serverFor(t, { dev: true })
  const client = sdk(t, server.url)
  const folder = join(server.directory, 'telemetry', 'audit')
  renameSync(folder, `${folder}.aside`)
  writeFileSync(folder, '')

  for (const UserName of ['first', 'second']) {
    const answer = await client.call('iam', 'CreateUser', { UserName }, devAdministrator)
    assert.ok(!answer.ok, 'no answer without a record')
  }
  assert.equal((await fetch(`${server.url}/_redoubt/health`)).status, 500)
  assert.match(server.logged(), /"event":"records-not-written"/)

  unlinkSync(folder)
  renameSync(`${folder}.aside`, folder)
  const { Users } = allowed(await client.call('iam', 'ListUsers', {}, devAdministrator))
  const names = Users.map(({ UserName }) => UserName)
  // The first was done when its record could not be written, the second was not begun.
  assert.deepEqual(names, ['first', 'test'])
  const { Events = [] } = allowed(await client.call('cloudtrail', 'LookupEvents', {}, devAdministrator))
  assert.deepEqual(
    Events.map(({ EventName }) => EventName),
    ['ListUsers', 'CreateUser'],
  )
  assert.equal(await server.stop(), 0)
})
