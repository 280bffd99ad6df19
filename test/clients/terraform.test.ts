// Goal: Terraform's official AWS provider manages identities as it does on AWS, and what it made is enforced.
// Method: examples/terraform/iam, unchanged, against a server: applied, planned again (nothing to do), changed, used, destroyed.
import assert from 'node:assert/strict'
import { devAdministrator } from '../server.ts'
import type { Client } from './client.ts'
import { allowed, refused } from './expect.ts'
import { sdk } from './sdk.ts'
import { terraformTest } from './terraform-steps.ts'

const resources = 17

terraformTest(
  'terraform: identities are applied, planned empty, changed, enforced and destroyed',
  { example: 'iam' },
  async ({ server, apply, change, destroy, output }, t) => {
    const client = sdk(t, server.url)
    const before = await everythingOf(client)

    await apply(resources)

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

    await change(4, '-var=team=green', '-var=session_hours=2')
    const { Role } = allowed(await client.call('iam', 'GetRole', { RoleName: 'deploy' }, devAdministrator))
    assert.equal(Role?.MaxSessionDuration, 7200)

    await destroy(resources)
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
