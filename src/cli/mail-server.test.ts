// Goal: a server that cannot send the mails it was asked to send does not start, and no password goes in the clear.
// Method: rows of options and what is said of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type MailOptions, mailServerOf } from './mail-server.ts'

const smtpHost = 'mail.example.com'
const smtpFrom = 'cloud@example.com'
const smtpUser = 'cloud'

const rows: readonly (readonly [
  string,
  Partial<MailOptions>,
  string | undefined,
  RegExp | 'none' | 'sends',
])[] = [
  ['nothing', {}, undefined, 'none'],
  ['a password alone', {}, 's3cret', 'none'],
  ['a server', { smtpHost, smtpFrom }, undefined, 'sends'],
  ['a server without a sender', { smtpHost }, undefined, /--smtp-from/],
  ['a sender without a server', { smtpFrom }, undefined, /--smtp-host/],
  ['a log-in', { smtpHost, smtpFrom, smtpUser }, 's3cret', 'sends'],
  ['a log-in without its password', { smtpHost, smtpFrom, smtpUser }, undefined, /REDOUBT_SMTP_PASSWORD/],
  ['a log-in without TLS', { smtpHost, smtpFrom, smtpUser, smtpTls: 'none' }, 's3cret', /in the clear/],
  ['no TLS', { smtpHost, smtpFrom, smtpTls: 'none' }, undefined, 'sends'],
]

test('the mail server, as the options name it', () => {
  for (const [title, options, password, want] of rows) {
    const server = mailServerOf({ smtpPort: 587, smtpTls: 'starttls', smtpCa: [], ...options }, password)
    if (typeof want === 'string')
      assert.equal(server === undefined ? 'none' : typeof server === 'string' ? server : 'sends', want, title)
    else assert.match(typeof server === 'string' ? server : '', want, title)
    if (typeof server === 'object')
      assert.equal(server.login?.password, options.smtpUser === undefined ? undefined : password, title)
  }
  assert.equal(rows.length, 9)
})
