import { setTimeout as sleep } from 'node:timers/promises'
import type { Visitor } from './visitor.ts'

/** A customer who shops all the time, whatever else happens. */
export interface Customer {
  /** How many requests were answered as they should be, and what was not. */
  readonly seen: () => { readonly answered: number; readonly failed: readonly string[] }
  readonly leave: () => Promise<void>
}

const pauseMs = 100

export function customer(
  who: Visitor,
  login: { readonly name: string; readonly password: string },
): Customer {
  const leaving = new AbortController()
  let answered = 0
  const failed: string[] = []

  async function expect(
    status: number,
    what: string,
    asked: Promise<{ readonly status: number }>,
  ): Promise<void> {
    const answer = await asked
    if (answer.status === status) answered += 1
    else failed.push(`${what}: ${answer.status} instead of ${status}`)
    await sleep(pauseMs)
  }

  async function shop(): Promise<void> {
    await expect(200, 'logs in', who.post('/login', login))
    while (!leaving.signal.aborted) {
      await expect(200, 'looks around', who.get('/'))
      await expect(200, "searches for O'Brien's safe", who.get('/search?q=O%27Brien'))
      await expect(201, 'orders', who.post('/order', { product: '3', card: '4111111111111111' }))
      await expect(200, 'looks at the orders', who.get('/orders'))
    }
  }

  const shopped = shop()
  return {
    seen: () => ({ answered, failed }),
    async leave() {
      leaving.abort()
      await shopped
    },
  }
}
