// Goal: a mailbox is subscribed, written to and let go as its owner would do it. Method: the command itself with its options, a real SMTP server that
// asks for TLS and a password, the SDK, and the links of the mails over HTTP.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SNS } from '@aws-sdk/client-sns'
import { linkIn, mailServer } from '../../src/services/sns/mail-rig.test.ts'
import { administratorOf, directoryFor, serverFor } from '../server.ts'

test(
  'mail: subscribe, confirm, be written to, and unsubscribe by one click',
  { timeout: 60_000 },
  async (t) => {
    const { got, settings, close } = await mailServer({ authOptional: false })
    const ca = join(directoryFor(t), 'ca.pem')
    writeFileSync(ca, settings.trust.join(''))
    const named = ['--smtp-host', settings.host, '--smtp-port', String(settings.port), '--smtp-ca', ca]
    const flags = [...named, '--smtp-from', settings.from, '--smtp-user', 'redoubt']
    const environment = { REDOUBT_SMTP_PASSWORD: 's3cret' }
    const server = await serverFor(t, { workers: 2, flags, environment })
    t.after(close)
    const sns = new SNS({ endpoint: server.url, region: 'us-east-1', credentials: administratorOf(server) })
    const mail = async (count: number) => {
      while (got.length < count) await new Promise((resolve) => setTimeout(resolve, 20))
      assert.equal(got.length, count)
      const last = got[count - 1]
      assert.ok(last)
      return last
    }

    const { TopicArn } = await sns.createTopic({ Name: 'news' })
    await sns.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'ann@example.com' })
    const asked = await mail(1)
    assert.deepEqual([asked.secure, asked.user, asked.to], [true, 'redoubt', ['ann@example.com']])
    const link = linkIn(asked.text)
    assert.match(await (await fetch(link)).text(), /<form method="post">/)
    assert.equal((await fetch(link, { method: 'POST' })).status, 200)

    await sns.publish({ TopicArn, Message: 'hello' })
    const { headers, text } = await mail(2)
    assert.ok(text.startsWith('hello\n'))
    const oneClick = (headers.get('list-unsubscribe') ?? '').slice(1, -1)
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    assert.equal((await fetch(oneClick, { method: 'POST', body })).status, 200)
    assert.equal((await sns.listSubscriptions({})).Subscriptions?.length ?? 0, 0)
    assert.equal(server.logged().includes('s3cret'), false)
  },
)
