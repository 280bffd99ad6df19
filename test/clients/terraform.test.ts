// Goal: Terraform's official AWS provider manages identities as it does on AWS, and what it made is enforced.
// Method: examples/terraform/iam, unchanged, against a server: applied, planned again (nothing to do), changed, used, destroyed.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { devAdministrator, directoryFor, serverFor } from '../server.ts'
import { findTerraform, openWorkspace } from '../set-up/terraform.ts'
import type { Client } from './client.ts'
import { allowed, refused } from './expect.ts'
import { sdk } from './sdk.ts'
import { expecting, nothingToDo, somethingToDo } from './terraform-steps.ts'

const terraform = findTerraform()
const example = join(import.meta.dirname, '../../examples/terraform/iam')
const resources = 17

test(
  'terraform: identities are applied, planned empty, changed, enforced and destroyed',
  { skip: !terraform.ready && terraform.why, timeout: 5 * 60_000 },
  async (t) => {
    assert.ok(terraform.ready)
    const server = await serverFor(t, { dev: true })
    const client = sdk(t, server.url)
    const workspace = openWorkspace(directoryFor(t), example, {
      mirror: terraform.mirror,
      url: server.url,
      credentials: devAdministrator,
    })
    const { succeed, plan } = expecting(t, workspace)
    const before = await everythingOf(client)

    await succeed('init')
    assert.match(await succeed('apply'), new RegExp(`${resources} added, 0 changed, 0 destroyed`))
    assert.equal(await plan(), nothingToDo)

    const output = async (name: string): Promise<string> => (await succeed('output', '-raw', name)).trim()
    const alice = {
      accessKeyId: await output('alice_access_key_id'),
      secretAccessKey: await output('alice_secret_access_key'),
    }
    const { Users } = allowed(await client.call('iam', 'ListUsers', { PathPrefix: '/people/' }, alice))
    assert.deepEqual(
      Users?.map(({ UserName }) => UserName),
      ['alice', 'bob'],
    )
    const keys = allowed(await client.call('iam', 'ListAccessKeys', { UserName: 'alice' }, alice))
    assert.equal(keys.AccessKeyMetadata.length, 1)
    const bob = 'arn:aws:iam::000000000000:user/people/bob'
    refused(
      await client.call('iam', 'GetUser', { UserName: 'bob' }, alice),
      'AccessDenied',
      `User: arn:aws:iam::000000000000:user/people/alice is not authorized to perform: iam:GetUser on resource: ${bob} with an explicit deny in an identity-based policy`,
    )

    const change = ['-var=team=green', '-var=session_hours=2']
    assert.equal(await plan(...change), somethingToDo)
    assert.match(await succeed('apply', ...change), /0 added, 4 changed, 0 destroyed/)
    assert.equal(await plan(...change), nothingToDo)
    const { Role } = allowed(await client.call('iam', 'GetRole', { RoleName: 'deploy' }, devAdministrator))
    assert.equal(Role?.MaxSessionDuration, 7200)

    assert.match(await succeed('destroy', ...change), new RegExp(`${resources} destroyed`))
    assert.deepEqual(await everythingOf(client), before)
  },
)

/** All that the example makes is in one of these: identities with their policies, the alias, the password policy. */
async function everythingOf(client: Client): Promise<readonly unknown[]> {
  const as = devAdministrator
  const { UserDetailList, GroupDetailList, RoleDetailList, Policies } = allowed(
    await client.call(
      'iam',
      'GetAccountAuthorizationDetails',
      { Filter: ['User', 'Group', 'Role', 'LocalManagedPolicy'] },
      as,
    ),
  )
  const { InstanceProfiles } = allowed(await client.call('iam', 'ListInstanceProfiles', {}, as))
  const { AccountAliases } = allowed(await client.call('iam', 'ListAccountAliases', {}, as))
  const passwords = await client.call('iam', 'GetAccountPasswordPolicy', {}, as)
  const identities = [UserDetailList, GroupDetailList, RoleDetailList, Policies, InstanceProfiles]
  return [...identities, AccountAliases, passwords.ok ? passwords.output : passwords.code]
}
