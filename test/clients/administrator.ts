import assert from 'node:assert/strict'
import { administratorOf, type Credentials, type TestServer } from '../server.ts'
import type { Client } from './client.ts'
import { allowed } from './expect.ts'

/** What every scenario begins with: its client, the server's administrator, and the account, which the administrator is asked for. */
export async function asAdministrator(
  client: Client,
  server: TestServer,
): Promise<{ readonly client: Client; readonly administrator: Credentials; readonly account: string }> {
  const administrator = administratorOf(server)
  const { Account: account = '' } = allowed(await client.call('sts', 'GetCallerIdentity', {}, administrator))
  assert.match(account, /^\d{12}$/)
  return { client, administrator, account }
}
