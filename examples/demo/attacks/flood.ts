import type { Attack } from '../attack.ts'
import { isKeptOut } from './kept-out.ts'

const from = '127.0.0.26'

/** Asks so often that nobody else would get through. */
export const flood: Attack = {
  title: 'a flood of requests',
  from,
  async strike({ visitor }) {
    const who = visitor(from)
    const counts = new Map<number, number>()
    for (let round = 0; round < 10; round += 1)
      for (const { status } of await Promise.all(Array.from({ length: 50 }, () => who.get('/'))))
        counts.set(status, (counts.get(status) ?? 0) + 1)
    return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ')
  },
  finding: /Flood/,
  remedy: 'UpdateIPSet',
  isStopped: isKeptOut(from),
  log: { in: 'WAF log', text: from },
}
