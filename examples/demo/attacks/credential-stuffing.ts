import type { Attack } from '../attack.ts'
import { isKeptOut } from './kept-out.ts'

const from = '127.0.0.23'

/** Tries names and passwords that were lost elsewhere. */
export const credentialStuffing: Attack = {
  title: 'credential stuffing at the login',
  from,
  async strike({ visitor }) {
    const who = visitor(from)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        who.post('/login', { name: `user${at}@example.com`, password: `Summer20${at}` }),
      ),
    )
    return `${answers.filter(({ status }) => status === 401).length} of ${answers.length} logins failed`
  },
  finding: /Credential/,
  remedy: 'UpdateIPSet',
  isStopped: isKeptOut(from),
  log: { in: 'access log', text: `${from}:` },
}
