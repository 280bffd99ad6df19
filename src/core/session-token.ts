import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type SecretMaterial, secretMaterial } from '#wire/sigv4/index.ts'
import { newAccessKeyId } from './access-key-id.ts'
import type { AccountId } from './arn.ts'
import type { Seal } from './seal/index.ts'
import { secretAccessKeyOf } from './secret-access-key.ts'

/** Temporary credentials as they are handed out. */
export interface SessionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** A session token that was opened: what it states, and the secret that its holder signs with. */
export interface OpenedSession<Statement> {
  readonly accessKeyId: string
  readonly statement: Statement
  readonly secret: SecretMaterial
  /** How long the statement is. */
  readonly characters: number
}

/**
 * Self-contained temporary credentials: the token is a statement sealed for one access key id, the secret is derived from the
 * root key, the access key id and the token. No lookup, no table, nothing to expire.
 * State: none; whether a statement still holds (its time, its user or role) is for whoever opens it to ask.
 */
export interface Sessions<Statement> {
  /** Mints credentials of an account. The statement must survive JSON. */
  mint(account: AccountId, statement: Statement): SessionCredentials
  /** Opens a token that `mint` made for this access key id; undefined for any other text. */
  open(token: string, accessKeyId: string): OpenedSession<Statement> | undefined
}

const purpose = 'session-token'
const secretPurpose = 'session-secret'
/** Limit: no header is longer; Node refuses more than 16 KiB of headers. Units: characters. */
const tokenLengthMax = 16_384
/** Limit: our own, against a sealed bomb of ours. Units: bytes. */
const statementBytesMax = 131_072

export function createSessions<Statement extends object>(
  seal: Seal,
  randomBytes: (length: number) => Uint8Array,
): Sessions<Statement> {
  return {
    mint(account, statement) {
      const accessKeyId = newAccessKeyId('ASIA', account, randomBytes)
      const sessionToken = seal.seal(purpose, accessKeyId, deflateRawSync(JSON.stringify(statement)))
      const derived = seal.derive(secretPurpose, accessKeyId, sessionToken)
      if (derived === undefined) throw new Error('a token was sealed under an unknown root key')
      return { accessKeyId, secretAccessKey: secretAccessKeyOf(derived), sessionToken }
    },

    open(token, accessKeyId) {
      if (token.length > tokenLengthMax) return undefined
      const opened = seal.tryOpen(purpose, accessKeyId, token)
      const derived = seal.derive(secretPurpose, accessKeyId, token)
      if (opened === undefined || derived === undefined) return undefined
      // Only mint seals for this purpose, so what opens is JSON of a Statement.
      const text = inflateRawSync(opened, { maxOutputLength: statementBytesMax }).toString('utf8')
      const statement = JSON.parse(text) as Statement
      const secret = secretMaterial(secretAccessKeyOf(derived))
      return { accessKeyId, statement, secret, characters: text.length }
    },
  }
}
