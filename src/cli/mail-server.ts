import type { MailServer } from '#services/sns/mail-delivery.ts'

/** What `redoubt serve` was told of the server that sends mails. */
export interface MailOptions {
  readonly smtpHost?: string
  readonly smtpPort: number
  readonly smtpFrom?: string
  readonly smtpUser?: string
  readonly smtpTls: MailServer['tls']
  /** PEM certificates. */
  readonly smtpCa: readonly string[]
}

/** The SMTP server, if one is named; a text says why that cannot be. */
export function mailServerOf(
  options: MailOptions,
  password: string | undefined,
): MailServer | string | undefined {
  const { smtpHost: host, smtpPort: port, smtpFrom: from, smtpUser: user, smtpTls: tls } = options
  if (host === undefined) {
    if (from === undefined && user === undefined) return undefined
    return '--smtp-from and --smtp-user go with --smtp-host'
  }
  if (from === undefined) return '--smtp-host needs --smtp-from: the address that mails come from'
  const server = { host, port, from, tls, trust: options.smtpCa }
  if (user === undefined) return server
  if (password === undefined || password === '')
    return '--smtp-user needs a password: set REDOUBT_SMTP_PASSWORD'
  if (tls === 'none') return '--smtp-user needs TLS: a password is not sent in the clear'
  return { ...server, login: { user, password } }
}
