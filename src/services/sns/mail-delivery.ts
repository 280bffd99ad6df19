import { getCACertificates } from 'node:tls'
import { createTransport } from 'nodemailer'
import type { World } from '#core/world.ts'
import type { Delivered } from './http-delivery.ts'
import { mailOf } from './mail.ts'
import type { Notification } from './notification-text.ts'
import type { Signer } from './signer.ts'

/** The SMTP server that the operator names. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** The address that mails come from. */
  readonly from: string
  /** By STARTTLS, without which nothing is sent; from the first byte; or none, where the operator says so. */
  readonly tls: 'starttls' | 'implicit' | 'none'
  /** PEM certificates of authorities to trust besides the system's. */
  readonly trust: readonly string[]
  readonly login?: { readonly user: string; readonly password: string } | undefined
}

export interface MailDelivery {
  readonly deliver: (notification: Notification, signer: Signer) => Promise<Delivered>
  readonly close: () => void
}

/** Units: milliseconds. */
const timeoutMs = 15_000
export const connectionsMax = 4

/** Sends notifications by mail, over connections that are kept. No mail goes over a connection without TLS that was to have it. */
export function createMailDelivery(server: MailServer, { nowMs }: Pick<World, 'nowMs'>): MailDelivery {
  const { host, port, from, tls, trust, login } = server
  const transport = createTransport({
    ...{ host, port, pool: true, maxConnections: connectionsMax },
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: {
      ca: [...getCACertificates('default'), ...trust],
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    },
    ...(login && { auth: { user: login.user, pass: login.password } }),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    // A mail is text: nothing in it names a file or an address to read from.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })

  return {
    async deliver(notification, signer) {
      const { fromName, to, subject, text, unsubscribe } = mailOf(notification, signer)
      try {
        await transport.sendMail({
          from: { name: fromName, address: from },
          to: { name: '', address: to },
          envelope: { from, to: [to] },
          subject,
          text,
          date: new Date(nowMs()),
          messageId: `<${notification.publication.messageId}.${notification.subscription.id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
          headers: {
            'Auto-Submitted': 'auto-generated',
            ...(unsubscribe !== undefined && {
              'List-Unsubscribe': { prepared: true, value: `<${unsubscribe}>` },
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
          },
        })
        return { ok: true }
      } catch (error) {
        return failure(error)
      }
    },
    close: () => transport.close(),
  }
}

/** A recipient or a mail that the server refuses for good (5xx). What is wrong with TLS or the log-in is the operator's to mend: mails wait. */
function failure(error: unknown): Delivered {
  if (!(error instanceof Error)) throw error
  const code = 'code' in error ? String(error.code) : 'not sent'
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0
  const mayPass = status < 500 || (code !== 'EENVELOPE' && code !== 'EMESSAGE')
  return { ok: false, reason: status === 0 ? code : `${code} ${status}`, mayPass }
}
