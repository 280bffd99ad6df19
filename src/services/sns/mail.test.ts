// Goal: mailboxes get what is published once their owners say so, over TLS alone unless the operator says otherwise, and no header that
// somebody else wrote. Method: a real SMTP server, whose mails are read as they came; the links in them are followed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SMTPServerOptions } from 'smtp-server'
import { refusal } from '../../../test/in-process.ts'
import * as collections from './documents.ts'
import { isMailAddress } from './mail-address.ts'
import { mailOf } from './mail.ts'
import type { MailServer } from './mail-delivery.ts'
import { linkIn, mailServer } from './mail-rig.test.ts'
import { mailRetryAfterMs } from './retries.ts'
import { rig } from './rig.test.ts'

test('mail: a mailbox confirms by the page that its link shows, is sent messages, and ends them by one click', async () => {
  const { sns, topic, startRunner, callAsService, follow, waiting } = await rig({ sendsMail: true })
  const { got, settings, close } = await mailServer()
  const runner = startRunner(callAsService, [], {
    ...settings,
    login: { user: 'redoubt', password: 's3cret' },
  })
  try {
    const TopicArn = await topic('news', { DisplayName: 'News, "daily"' })
    const Endpoint = 'ann.o+x@example.com'
    const subscribed = await sns.subscribe({ TopicArn, Protocol: 'email', Endpoint })
    assert.equal(subscribed.SubscriptionArn, 'pending confirmation')
    await sns.publish({ TopicArn, Message: 'too early' })
    await runner.look()
    assert.equal(got.length, 1)
    const [asked] = got
    assert.ok(asked)
    assert.deepEqual(
      [asked.from, asked.to, asked.secure, asked.user, asked.headers.get('subject')],
      ['cloud@example.com', [Endpoint], true, 'redoubt', 'AWS Notification - Subscription Confirmation'],
    )
    assert.equal(asked.headers.has('list-unsubscribe'), false)
    const link = linkIn(asked.text)
    const page = await follow(link)
    assert.match(page.body, /<form method="post">/)
    const { Attributes } = await sns.getTopicAttributes({ TopicArn })
    assert.deepEqual(
      [Attributes?.['SubscriptionsPending'], Attributes?.['SubscriptionsConfirmed']],
      ['1', '0'],
    )
    assert.equal((await follow(link, 'POST')).status, 200)

    await sns.publish({ TopicArn, Message: 'Grüße.\n.\nEnd', Subject: 'Rain' })
    await runner.look()
    const mail = got[1]
    assert.ok(mail)
    assert.equal(mail.headers.get('subject'), 'Rain')
    assert.match(mail.headers.get('from') ?? '', /News, \\"daily\\"" <cloud@example\.com>$/)
    assert.match(mail.headers.get('content-type') ?? '', /^text\/plain/)
    assert.ok(mail.text.startsWith('Grüße.\n.\nEnd\n\n--\n'), mail.text)
    assert.equal(mail.headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
    const unsubscribe = (mail.headers.get('list-unsubscribe') ?? '').slice(1, -1)
    assert.equal(unsubscribe, linkIn(mail.text))
    assert.equal((await follow(unsubscribe)).status, 200)
    await sns.publish({ TopicArn, Message: 'a machine that followed the link ended nothing' })
    await runner.look()
    assert.equal(got.length, 3)
    assert.equal((await follow(unsubscribe, 'POST')).status, 200)
    await sns.publish({ TopicArn, Message: 'nobody' })
    await runner.look()
    assert.deepEqual([got.length, waiting()], [3, 0])
  } finally {
    await runner.close()
    await close()
  }
})

test('mail: email-json is sent the envelope', async () => {
  const { sns, topic, startRunner, callAsService, follow } = await rig({ sendsMail: true })
  const { got, settings, close } = await mailServer()
  const runner = startRunner(callAsService, [], settings)
  try {
    const TopicArn = await topic('news')
    await sns.subscribe({ TopicArn, Protocol: 'email-json', Endpoint: 'ann@example.com' })
    await runner.look()
    const asked = JSON.parse(got[0]?.text ?? '') as Record<string, string> // As SNS writes it.
    assert.equal(asked['Type'], 'SubscriptionConfirmation')
    assert.equal((await follow(asked['SubscribeURL'] ?? '')).status, 200)
    await sns.publish({
      TopicArn,
      MessageStructure: 'json',
      Message: JSON.stringify({ default: 'all', 'email-json': 'for you' }),
    })
    await runner.look()
    const said = JSON.parse(got[1]?.text ?? '') as Record<string, string> // As above.
    assert.deepEqual([said['Type'], said['Message']], ['Notification', 'for you'])
    assert.match(said['UnsubscribeURL'] ?? '', /Action=Unsubscribe/)
  } finally {
    await runner.close()
    await close()
  }
})

test('mail: none goes without TLS, to a server that is not trusted, or without the log-in, unless the operator says so', async (t) => {
  const rows: readonly (readonly [string, SMTPServerOptions, Partial<MailServer>, string])[] = [
    ['STARTTLS', {}, {}, 'secure'],
    ['TLS from the first byte', { secure: true }, { tls: 'implicit' }, 'secure'],
    ['a server without STARTTLS', { disabledCommands: ['STARTTLS'] }, {}, 'waits'],
    ['a server that is not trusted', {}, { trust: [] }, 'waits'],
    ['another name than the certificate has', {}, { host: '127.0.0.1' }, 'waits'],
    ['a wrong password', {}, { login: { user: 'redoubt', password: 'wrong' } }, 'waits'],
    ['no TLS, as the operator says', { disabledCommands: ['STARTTLS'] }, { tls: 'none' }, 'plain'],
  ]
  let ran = 0
  for (const [title, options, wish, want] of rows) {
    const { sns, topic, startRunner, callAsService, waiting } = await rig({ sendsMail: true })
    const { got, settings, close } = await mailServer(options)
    const runner = startRunner(callAsService, [], { ...settings, ...wish })
    t.after(async () => {
      await runner.close()
      await close()
    })
    await sns.subscribe({ TopicArn: await topic('news'), Protocol: 'email', Endpoint: 'ann@example.com' })
    await runner.look()
    const came = got.map(({ secure }) => (secure ? 'secure' : 'plain')).join()
    assert.equal(came === '' && waiting() === 2 ? 'waits' : came, want, title)
    ran += 1
  }
  assert.equal(ran, 7)
})

test('mail: what may pass is tried again, by the next run too; what is refused for good is not', async (t) => {
  const { sns, topic, startRunner, callAsService, waiting, clock, logged } = await rig({ sendsMail: true })
  const { got, answers, settings, close } = await mailServer()
  t.after(close)
  const first = startRunner(callAsService, [], settings)
  const TopicArn = await topic('news')
  await sns.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'ann@example.com' })
  answers.code = 451
  await first.look()
  await first.close()
  assert.deepEqual([got.length, waiting()], [0, 2])
  const without = startRunner()
  clock.nowMs += 10_000
  await without.look()
  await without.close()
  assert.equal(waiting(), 2, 'a run without a server keeps it')
  const second = startRunner(callAsService, [], settings)
  answers.code = 250
  await second.look()
  assert.equal(got.length, 0, 'not due yet')
  clock.nowMs += 10_000
  await second.look()
  assert.deepEqual([got.length, waiting()], [1, 0])
  answers.code = 550
  await sns.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'bob@example.com' })
  await second.look()
  assert.deepEqual([waiting(), logged], [0, ['notification-not-delivered']])
  await second.close()
  const delays = Array.from({ length: 51 }, (_, at) => mailRetryAfterMs(at + 1))
  assert.deepEqual(delays.slice(0, 5), [10_000, 10_000, 10_000, 20_000, 40_000])
  assert.deepEqual(delays.slice(-2), [600_000, undefined])
})

test('mail: an address is one address', async () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['ann@example.com', true],
    ["o'neill+news@mail.example.co.uk", true],
    ['ann@example.com\r\nBcc: bob@example.com', false],
    ['ann@example.com\n', false],
    ['ann@example.com,bob@example.com', false],
    ['Ann <ann@example.com>', false],
    ['"ann b"@example.com', false],
    ['ann@[127.0.0.1]', false],
    ['ann@localhost', false],
    ['ann', false],
    ['@example.com', false],
    ['ann@example..com', false],
    ['ann@-example.com', false],
    [`${'a'.repeat(65)}@example.com`, false],
    [`ann@${'a.'.repeat(130)}com`, false],
  ]
  for (const [text, want] of rows) assert.equal(isMailAddress(text), want, text)
  assert.equal(rows.length, 15)
  const { sns, topic } = await rig({ sendsMail: true })
  const TopicArn = await topic('news')
  const subscribe = (Endpoint: string, Attributes = {}) =>
    refusal(sns.subscribe({ TopicArn, Protocol: 'email', Endpoint, Attributes }))
  assert.match(await subscribe('ann@example.com\r\nBcc: bob@example.com'), /Email address/)
  assert.match(await subscribe('ann@example.com', { RawMessageDelivery: 'true' }), /raw message delivery/)
  assert.match(await subscribe('ann@example.com', { DeliveryPolicy: '{}' }), /Web addresses alone/)
})

test('mail: no line of a header is begun by what others write', async () => {
  const { sns, topic: makeTopic, startRunner, callAsService, follow, store } = await rig({ sendsMail: true })
  const { got, settings, close } = await mailServer()
  const runner = startRunner(callAsService, [], settings)
  try {
    const TopicArn = await makeTopic('news')
    const lines = 'a\r\nBcc: bob@example.com'
    assert.match(await refusal(sns.publish({ TopicArn, Message: 'x', Subject: lines })), /Subject/)
    const named = sns.setTopicAttributes({ TopicArn, AttributeName: 'DisplayName', AttributeValue: lines })
    assert.match(await refusal(named), /DisplayName/)
    // As if those two had let it pass.
    await store.transact((tx) => {
      const { topics } = collections
      const scope = { account: '111122223333', region: 'us-east-1' }
      const kept = tx.get(topics, scope, 'news')
      assert.ok(kept)
      tx.put(topics, scope, 'news', { ...kept, attributes: { DisplayName: lines } })
    })
    await sns.subscribe({ TopicArn, Protocol: 'email', Endpoint: 'ann@example.com' })
    await runner.look()
    assert.equal((await follow(linkIn(got[0]?.text ?? ''), 'POST')).status, 200)
    const [topic] = [...store.read.everywhere(collections.topics)]
    const [subscription] = [...store.read.everywhere(collections.subscriptions)]
    assert.ok(topic && subscription)
    const { fromName, subject } = mailOf(
      {
        topic: topic.document,
        subscription: subscription.document,
        publication: {
          ...{ messageId: 'm', topicArn: topic.document.arn, publishedAtMs: 0 },
          said: { kind: 'sealed', sealed: '' },
        },
        said: { message: 'x', subject: `${lines}\u2028`, attributes: {} },
      },
      { certificateId: '', sign: () => '', unsubscribeToken: () => '' },
    )
    assert.deepEqual([fromName, subject], ['a Bcc: bob@example.com', 'a Bcc: bob@example.com '])
    await sns.publish({ TopicArn, Message: lines })
    await runner.look()
    assert.equal(got.length, 2)
    for (const { to, headers } of got)
      assert.deepEqual([to, headers.has('bcc'), headers.has('cc')], [['ann@example.com'], false, false])
    assert.ok(got[1]?.text.startsWith('a\nBcc: bob@example.com\n'))
  } finally {
    await runner.close()
    await close()
  }
})
