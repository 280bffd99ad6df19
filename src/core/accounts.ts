import type { AccountId } from './arn.ts'
import { globalScope } from './tables.ts'
import { collection, type Reader, type Transaction } from './store/index.ts'

/** An account of this deployment. The id of the document is `account`. */
export interface Account {
  readonly accountId: AccountId
  readonly name: string
  readonly createdAtMs: number
  /** The first account, from which an organization can be made. */
  readonly management: boolean
}

const accounts = collection<Account>({
  service: 'redoubt',
  type: 'account',
  indexes: { all: { anywhere: () => 'all' } },
  moved: (account) => ({ ...account, management: false }), // The other directory has its own.
})
const onlyId = 'account'

export function putAccount(tx: Transaction, account: Account): void {
  tx.put(accounts, globalScope(account.accountId), onlyId, account)
}

export function findAccount(reader: Reader, accountId: AccountId): Account | undefined {
  return reader.get(accounts, globalScope(accountId), onlyId)
}

/** All accounts, sorted by id. */
export function listAccounts(reader: Reader): readonly Account[] {
  return reader.findAnywhere(accounts, 'all', 'all').map(({ document }) => document)
}
