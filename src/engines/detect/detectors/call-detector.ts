import { type AnyDetector, detector } from '../detector.ts'
import { accountOf, apiCallSignal, type Said } from '../findings/api-call.ts'
import type { CloudTrailRecord } from '../records.ts'
import type { FindingFacts } from '../signal.ts'
import type { Surroundings } from '../surroundings.ts'

/** Whether a call was carried out: what was refused changed nothing. */
export function isDone({ errorCode }: CloudTrailRecord): boolean {
  return errorCode === undefined
}

/** What these do is what somebody wrote into a template: it is as good as done by hand. */
const templated: ReadonlySet<string> = new Set([
  ...['cloudformation.amazonaws.com', 'cloudcontrolapi.amazonaws.com', 'servicecatalog.amazonaws.com'],
])

/** A service did it by its own doing, or on somebody's behalf as part of what was asked of it. */
export function isByService({ userIdentity, eventType }: CloudTrailRecord): boolean {
  const invokedBy = userIdentity?.invokedBy ?? ''
  return (
    eventType === 'AwsServiceEvent' ||
    userIdentity?.type === 'AWSService' ||
    (invokedBy.endsWith('.amazonaws.com') && !templated.has(invokedBy))
  )
}

/** Somebody clicked: the console asks for much that nobody asked it for. */
export function isFromConsole({ sessionCredentialFromConsole }: CloudTrailRecord): boolean {
  return String(sessionCredentialFromConsole) === 'true'
}

/** Whether an account is the record's own, or of its organization. */
export function ownAccounts(
  record: CloudTrailRecord,
  surroundings: Surroundings,
): (account: string) => boolean {
  const own = accountOf(record)
  return (account) => account === own || surroundings.isOwnAccount(account)
}

interface CallDetector {
  readonly name: string
  readonly events: readonly string[]
  readonly finds: Readonly<Record<string, FindingFacts>>
  readonly see: (
    record: CloudTrailRecord,
    isOwn: (account: string) => boolean,
  ) => Said | readonly Said[] | undefined
}

/** Declares a detector that sees all in a single call that was carried out, and remembers nothing. */
export function callDetector({ see, ...declared }: CallDetector): AnyDetector {
  return detector({
    ...declared,
    source: 'cloudTrail',
    see(record, { surroundings }) {
      if (!isDone(record)) return undefined
      const said = see(record, ownAccounts(record, surroundings))
      if (said === undefined) return undefined
      return isMany(said) ? said.map((one) => apiCallSignal(record, one)) : apiCallSignal(record, said)
    },
  })
}

function isMany(said: Said | readonly Said[]): said is readonly Said[] {
  return Array.isArray(said)
}
