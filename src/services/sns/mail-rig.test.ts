// Goal: tests of mail see what really came. Method: a real SMTP server in this process, which keeps the mails that it takes.
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { makeCertificate } from '../../../test/certificates.ts'
import type { MailServer } from './mail-delivery.ts'

const certified = makeCertificate({
  commonName: 'localhost',
  dnsNames: ['localhost'],
  keyType: 'p-256',
  notBeforeMs: Date.UTC(2020, 0),
  notAfterMs: Date.UTC(2049, 0),
})

export interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly secure: boolean
  readonly user: string
  /** By lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
}

/** An SMTP server that keeps what it is sent; `answers.code` is what it says to recipients. */
export async function mailServer(options: SMTPServerOptions = {}) {
  const got: Received[] = []
  const answers = { code: 250 }
  const server = new SMTPServer({
    authOptional: true,
    key: certified.privateKey,
    cert: certified.certificate,
    logger: false,
    onAuth: ({ username, password }, _, done) =>
      password === 's3cret' ? done(null, { user: username }) : done(new Error('no')),
    onRcptTo: (_, __, done) =>
      answers.code === 250
        ? done()
        : done(Object.assign(new Error('refused'), { responseCode: answers.code })),
    onData: (stream, { envelope, secure, user }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        got.push({ from, to, secure, user: String(user ?? ''), ...parts(Buffer.concat(chunks).toString()) })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {}) // Clients that do not trust it hang up.
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo // It listens on TCP.
  const settings: MailServer = {
    ...{ host: 'localhost', port, from: 'cloud@example.com', tls: 'starttls' },
    trust: [certified.certificate],
  }
  return { got, answers, settings, close: () => new Promise<void>((resolve) => server.close(resolve)) }
}

/** A mail's headers and its decoded text. */
function parts(raw: string): Pick<Received, 'headers' | 'text'> {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const
    }),
  )
  const body = raw.slice(end + 4)
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return { headers, text: Buffer.from(body, 'base64').toString() }
  if (encoding !== 'quoted-printable') return { headers, text: body.replaceAll('\r\n', '\n') }
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return { headers, text: Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n') }
}

/** The first link of a text. */
export const linkIn = (text: string): string => /https?:\/\/\S+/.exec(text)?.[0] ?? ''
