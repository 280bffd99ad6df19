import type { AccountId } from '#core/arn.ts'
import type { SessionStatement } from '#core/caller.ts'
import type { Sessions } from '#core/session-token.ts'
import type { Operations } from '#models/sts.d.ts'
import { tokenLengthMax } from './quotas.ts'

type Shown = Required<
  Pick<
    Operations['GetSessionToken']['output'],
    'Credentials' | 'SessionTokenSize' | 'SessionTokenUtilization'
  >
>

/** What a minting needs of its call. */
interface Minting {
  readonly sessions: Sessions<SessionStatement>
  readonly randomBytes: (length: number) => Buffer
  /** MinimumSessionTokenSize: the token is at least as long. */
  readonly lengthMin?: number | undefined
}

/** Mints a session's credentials, in the form that all of STS's operations answer. */
export function mintCredentials(
  account: AccountId,
  statement: SessionStatement,
  { sessions, randomBytes, lengthMin = 0 }: Minting,
): Shown {
  const plain = sessions.mint(account, statement)
  const lacking = lengthMin - plain.sessionToken.length
  const minted = lacking > 0 ? sessions.mint(account, padded(statement, randomBytes(lacking))) : plain
  const { accessKeyId, secretAccessKey, sessionToken } = minted
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(statement.expiresAtMs),
    },
    SessionTokenSize: sessionToken.length,
    SessionTokenUtilization: Math.ceil((sessionToken.length / tokenLengthMax) * 100),
  }
}

/** Random text, which deflate cannot shorten below its bytes: sealed, it is at least as long as the bytes are many. */
function padded(statement: SessionStatement, padding: Buffer): SessionStatement {
  return Object.assign({ padding: padding.toString('base64') }, statement)
}
