// What the crash test writes, and what must hold of it at any moment.
import assert from 'node:assert/strict'
import { collection, type KeyedDocument, type Scope, type Transaction } from '#core/store/index.ts'

export const scope: Scope = { account: '000000000000', region: 'global' }
export const accounts = collection<{ readonly balance: number }>({ service: 'bank', type: 'account' })
export const counters = collection<{ readonly value: number }>({ service: 'bank', type: 'counter' })
export const receipts = collection<{ readonly number: number; readonly padding: string }>({
  service: 'bank',
  type: 'receipt',
  indexes: { number: ({ number }) => String(number) },
})

export const accountCount = 12
export const openingBalance = 1000
export const workerCount = 2
export const clientsPerWorker = 8
/** A client keeps its last receipts; each transfer writes one and deletes another. */
const receiptsKept = 3

/** Opens the accounts, the first time. */
export function openAccounts(tx: Transaction): void {
  if (tx.count(accounts, scope) > 0) return
  for (let n = 0; n < accountCount; n++) tx.put(accounts, scope, `account${n}`, { balance: openingBalance })
}

/**
 * One client's next transfer: two balances, the client's counter, a receipt more and a receipt less, and a record, all of which
 * belong together. Gives the transfer's number.
 */
export function transfer(tx: Transaction, client: string, from: number, to: number, amount: number): number {
  const [source, target] = [`account${from}`, `account${to}`]
  const number = (tx.get(counters, scope, client)?.value ?? 0) + 1
  tx.put(accounts, scope, source, {
    balance: (tx.get(accounts, scope, source)?.balance ?? assert.fail()) - amount,
  })
  tx.put(accounts, scope, target, {
    balance: (tx.get(accounts, scope, target)?.balance ?? assert.fail()) + amount,
  })
  tx.put(counters, scope, client, { value: number })
  tx.put(receipts, scope, `${client}/${number}`, { number, padding: 'x'.repeat((number % 7) * 900) })
  tx.delete(receipts, scope, `${client}/${number - receiptsKept}`)
  tx.record(JSON.stringify({ client, number }))
  return number
}

/** Checks that nothing is half done; gives how far each client came. */
export function audit(documents: readonly KeyedDocument[]): Map<string, number> {
  const of = (type: string) => documents.filter((one) => one.type === type)
  const balances = of('account').map(({ document }) => (document as { balance: number }).balance) // As put above.
  assert.equal(balances.length, accountCount)
  const sum = balances.reduce((total, balance) => total + balance, 0)
  assert.equal(sum, accountCount * openingBalance, 'money came or went')

  const reached = new Map<string, number>()
  const expected: string[] = []
  for (const { id: client, document } of of('counter')) {
    const { value } = document as { value: number } // As put above.
    reached.set(client, value)
    for (let number = Math.max(1, value - receiptsKept + 1); number <= value; number++)
      expected.push(`${client}/${number}`)
  }
  const found = of('receipt').map(({ id }) => id)
  assert.deepEqual(found.toSorted(), expected.toSorted(), 'counters and receipts disagree')
  return reached
}
