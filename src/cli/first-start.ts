import { type AccountId, accountId } from '#core/arn.ts'
import { findAccount, putAccount } from '#core/accounts.ts'
import { putDeployment } from '#core/deployment.ts'
import type { Seal } from '#core/seal/index.ts'
import type { Transaction } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import { type FirstCredentials, putAdministrator, putRootKey } from '#services/iam/bootstrap.ts'
import type { Principal } from './principal.ts'
import type { Settings } from './settings.ts'

/** What the first start of a data directory needs. */
export interface FirstStart {
  readonly settings: Pick<Settings, 'partition' | 'dev'>
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
  readonly seal: Seal
}

/** Credentials to show once: nobody can read them again. */
export interface FirstCredentialsOf {
  readonly account: AccountId
  readonly root: FirstCredentials
  readonly administrator: FirstCredentials
}

/** Makes the management account with its root user and an administrator. */
export function makeFirstAccount(tx: Transaction, { settings, world, seal }: FirstStart): FirstCredentialsOf {
  const account = newAccountId(world.randomBytes)
  const createdAtMs = world.nowMs()
  putDeployment(tx, { partition: settings.partition, dev: false, createdAtMs })
  putAccount(tx, { accountId: account, name: 'management', createdAtMs, management: true })
  const place = {
    account,
    partition: settings.partition,
    nowMs: createdAtMs,
    randomBytes: world.randomBytes,
    seal,
  }
  return {
    account,
    root: putRootKey(tx, place),
    administrator: putAdministrator(tx, place, { userName: 'admin' }),
  }
}

/** The administrator that `--dev` always has. */
const devAdministrator: Principal = {
  account: '000000000000' as AccountId, // Twelve digits.
  userName: 'test',
  accessKeyId: 'test',
  secretAccessKey: 'test',
}

/** Makes the first state of `--dev`: known administrators, each in its account. */
export function makeDevState(tx: Transaction, first: FirstStart): void {
  const createdAtMs = first.world.nowMs()
  putDeployment(tx, { partition: first.settings.partition, dev: true, createdAtMs })
  for (const principal of [devAdministrator, ...(first.settings.dev ?? [])])
    makeDevPrincipal(tx, first, principal)
}

/** Makes one administrator with known credentials, and its account where it lacks. */
export function makeDevPrincipal(
  tx: Transaction,
  { settings, world, seal }: FirstStart,
  principal: Principal,
): void {
  const { account } = principal
  const nowMs = world.nowMs()
  if (!findAccount(tx, account)) {
    putAccount(tx, {
      accountId: account,
      name: account,
      createdAtMs: nowMs,
      management: account === devAdministrator.account,
    })
  }
  const place = { account, partition: settings.partition, nowMs, randomBytes: world.randomBytes, seal }
  putAdministrator(tx, place, principal)
}

/** The administrator that an access key id of twelve digits selects. */
export function principalOfTwelveDigits(accessKeyId: string): Principal | undefined {
  const account = accountId(accessKeyId)
  return account && { account, userName: 'test', accessKeyId, secretAccessKey: 'test' }
}

/** Twelve random digits, the first no zero. Units: 6 bytes make 281 million million numbers. */
function newAccountId(randomBytes: (length: number) => Buffer): AccountId {
  const number = 100_000_000_000 + (randomBytes(6).readUIntBE(0, 6) % 900_000_000_000)
  return String(number) as AccountId // Twelve digits by construction.
}
