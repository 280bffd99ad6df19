import type { Attack } from '../attack.ts'
import { isKeptOut } from './kept-out.ts'

const from = '127.0.0.21'
const paths = [
  '/admin',
  '/.git/config',
  '/phpmyadmin/',
  '/backup.zip',
  '/wp-login.php',
  '/server-status',
  '/.env',
]
let round = 0

/** Looks for what was left lying about. */
export const scanner: Attack = {
  title: 'a scanner looks for forgotten files',
  from,
  async strike({ visitor }) {
    const who = visitor(from)
    round += 1
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => paths)
        .flat()
        .map((path, at) =>
          who.get(`${path}?${round}.${at}`).then(() => who.get(`/old-${round}-${at}${path}`)),
        ),
    )
    return `${answers.length * 2} requests`
  },
  finding: /Scan/,
  remedy: 'UpdateIPSet',
  isStopped: isKeptOut(from),
  log: { in: 'access log', text: `${from}:` },
}
