import type { Attack } from '../attack.ts'
import { isKeptOut } from './kept-out.ts'

const from = '127.0.0.22'
const injections = [
  "' OR '1'='1' -- ",
  "' UNION SELECT name, password FROM customers -- ",
  '1; DROP TABLE orders; --',
  "' AND (SELECT COUNT(*) FROM customers) > 0 -- ",
  "'; SELECT sleep(5); --",
]

/** Tries to make the search say more than it should. */
export const injection: Attack = {
  title: 'SQL injection in the search',
  from,
  async strike({ visitor }) {
    const who = visitor(from)
    const answers = []
    for (const text of injections) answers.push(await who.get(`/search?q=${encodeURIComponent(text)}`))
    return `${answers.filter(({ status }) => status === 403).length} of ${answers.length} blocked by the web ACL`
  },
  finding: /Inject/,
  remedy: 'UpdateIPSet',
  isStopped: isKeptOut(from),
  log: { in: 'WAF log', text: from },
}
