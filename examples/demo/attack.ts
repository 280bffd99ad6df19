import type { Credentials } from '../../test/server.ts'
import type { Built } from './build.ts'
import type { Cloud } from './cloud.ts'
import type { Visitor } from './visitor.ts'

/** What an attacker has: the shop's address, and whatever credentials got lost. */
export interface Reach {
  readonly visitor: (address: string, userAgent?: string) => Visitor
  readonly cloudAs: (credentials: Credentials, from: string) => Cloud
  readonly built: Built
}

/** An attack, and how one sees that all of it came as promised. */
export interface Attack {
  readonly title: string
  /** The attacker's address. */
  readonly from: string
  /** One push; it is called until the finding is there, some seconds at most. Gives what it was answered, for the time line. */
  readonly strike: (reach: Reach) => Promise<string>
  /** The type of the finding. */
  readonly finding: RegExp
  /** What the function calls, as the audit trail names it. */
  readonly remedy: string
  /** Whether the attacker can do no more. */
  readonly isStopped: (reach: Reach) => Promise<boolean>
  /** Which log has seen it, and what stands there. */
  readonly log: { readonly in: 'access log' | 'WAF log' | 'trail'; readonly text: string }
}
