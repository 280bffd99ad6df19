import type { WebRecord } from '../../records.ts'

/** What stands in the path of a login. A path is the client's: it is searched, no more. */
const loginWords = [
  ...['login', 'logon', 'signin', 'sign-in', 'sign_in', 'auth', 'session', 'token', 'passw', 'account'],
  ...['2fa', 'otp', 'verify'],
]
const pathLengthMax = 300

const failures: ReadonlySet<number> = new Set([401, 403, 429])

/** What became of a try to log in; nothing where it was none, or where the web ACL let nobody see it. */
export function loginOf({ method, action, status, path }: WebRecord): 'failed' | 'succeeded' | undefined {
  if (method !== 'POST' || action === 'BLOCK' || status === undefined) return undefined
  const said = path.slice(0, pathLengthMax).toLowerCase()
  if (!loginWords.some((word) => said.includes(word))) return undefined
  if (failures.has(status)) return 'failed'
  return status >= 200 && status < 400 ? 'succeeded' : undefined
}
