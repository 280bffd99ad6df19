import type { EdgeSettings } from '#edge/supervisor/index.ts'
import type { ResolverSettings } from '#resolver/index.ts'
import type { MailServer } from '#services/sns/mail-delivery.ts'
import type { Principal } from './principal.ts'

/** How the server runs, as the command line and the environment say; plain data, so that it crosses to worker threads. */
export interface Settings {
  readonly host: string
  readonly port: number
  /** Where everything is kept. */
  readonly directory: string
  readonly partition: string
  /** Set with `--dev`: administrators with known credentials. */
  readonly dev: readonly Principal[] | undefined
  readonly xks: XksSettings
  readonly webhooks: WebhookSettings
  /** How mails of topics are sent, if they are. */
  readonly smtp: MailServer | undefined
  /** Where the world reaches the API, an origin: links in what is sent lead there. */
  readonly publicUrl: string | undefined
  readonly edge: EdgeSettings
  /** Where the DNS resolver listens, if one does. */
  readonly dns: ResolverSettings | undefined
}

/** How subscribers and API destinations are reached. */
export type WebhookSettings = Omit<XksSettings, 'timeoutMs'>

/** How proxies of external key stores are reached. */
export interface XksSettings {
  /** PEM certificates of authorities to trust besides the system's. */
  readonly trust: readonly string[]
  /** Networks, in CIDR notation, in which such a server may be though it is not public. */
  readonly networks: readonly string[]
  /** For a whole call of a proxy. */
  readonly timeoutMs: number
}
