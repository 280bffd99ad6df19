import type { SessionStatement } from '#core/caller.ts'
import type { AccessKey } from '#core/identities.ts'
import { operationsOf } from '#core/operation.ts'
import type { AssumableRoles } from '#core/roles.ts'
import type { Sessions } from '#core/session-token.ts'
import type { Reader } from '#core/store/index.ts'
import type { Operations } from '#models/sts.d.ts'

/** What STS needs of others: it keeps nothing itself. */
export interface StsParts {
  readonly sessions: Sessions<SessionStatement>
  readonly roles: AssumableRoles
  /** Whose long-term key an id is, for ids that do not carry their account. */
  readonly identities: { accessKey(reader: Reader, accessKeyId: string): AccessKey | undefined }
}

/** Declares an operation of STS. */
export const sts = operationsOf<Operations>()('sts', {}, 'global')
