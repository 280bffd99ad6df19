import { type AccountId, accountId } from '#core/arn.ts'

/** An administrator with known credentials, as `--principal` names it. */
export interface Principal {
  readonly account: AccountId
  readonly userName: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Reads `ACCOUNT:user/NAME:ACCESSKEY:SECRET`; the secret may hold colons. Undefined when the text is not of that form. */
export function parsePrincipal(text: string): Principal | undefined {
  // The characters of a user name: IAM API Reference, CreateUser. A comma or slash would end a key id inside a signature.
  const form =
    /^(?<account>\d{12}):user\/(?<userName>[\w+=,.@-]{1,64}):(?<accessKeyId>[!-+.0-9;-~-]{1,128}?):(?<secretAccessKey>.+)$/
  const {
    account = '',
    userName = '',
    accessKeyId = '',
    secretAccessKey = '',
  } = form.exec(text)?.groups ?? {}
  const owner = accountId(account)
  return owner && { account: owner, userName, accessKeyId, secretAccessKey }
}
