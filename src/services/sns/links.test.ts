// Goal: whoever has a link may do what it says and no more; a queue of another account gets nothing before that account says so.
// Method: the links as they were sent are followed, changed and followed again.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { parseNetwork } from '#core/address-guard.ts'
import type { Arn } from '#core/arn.ts'
import { refusal } from '../../../test/in-process.ts'
import { quotas } from './quotas.ts'
import { here, receiver, rig, startMs, there } from './rig.test.ts'
import { unsubscribeTokenOf } from './signer.ts'

type Sent = Readonly<Record<string, string | undefined>>
const loopback = parseNetwork('127.0.0.0/8')

async function subscribedWebAddress(t: TestContext, AuthenticateOnUnsubscribe?: string) {
  const all = await rig()
  const { sns, topic, startRunner, callAsService } = all
  assert.ok(loopback)
  const web = await receiver()
  const runner = startRunner(callAsService, [loopback])
  t.after(async () => {
    await runner.close()
    web.close()
  })
  const TopicArn = await topic('news')
  await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: web.url })
  await runner.look()
  const { Token } = JSON.parse(web.got[0]?.body ?? '') as Sent // As SNS writes it.
  const { SubscriptionArn = '' } = await sns.confirmSubscription({
    TopicArn,
    Token,
    ...(AuthenticateOnUnsubscribe !== undefined && { AuthenticateOnUnsubscribe }),
  })
  await sns.publish({ TopicArn, Message: 'x' })
  await runner.look()
  const { UnsubscribeURL = '' } = JSON.parse(web.got[1]?.body ?? '') as Sent // As above.
  const subscriptions = async () => (await sns.listSubscriptions({})).Subscriptions?.length ?? 0
  return { ...all, TopicArn, SubscriptionArn, UnsubscribeURL, subscriptions }
}

test('links: UnsubscribeURL ends its subscription, and no other address does', async (t) => {
  const { sns, SubscriptionArn, UnsubscribeURL, follow, subscriptions, audited } =
    await subscribedWebAddress(t)
  const changed = (name: string, value: string): string => {
    const url = new URL(UnsubscribeURL)
    url.searchParams.set(name, value)
    return url.href
  }
  const token = new URL(UnsubscribeURL).searchParams.get('Token') ?? ''
  const rows: readonly (readonly [string, string, number])[] = [
    ['another token', changed('Token', `${token.startsWith('0') ? '1' : '0'}${token.slice(1)}`), 400],
    ['a short token', changed('Token', token.slice(1)), 400],
    ['an empty token', changed('Token', ''), 400],
    ['another subscription', changed('SubscriptionArn', SubscriptionArn.replace(/.$/, '0x')), 400],
    ['no ARN', changed('SubscriptionArn', 'x'), 400],
    ['another action', changed('Action', 'DeleteTopic'), 403],
    ['no token: the pipeline asks for a signature', UnsubscribeURL.replace(/&Token=.*$/, ''), 403],
  ]
  for (const [title, link, want] of rows) assert.equal((await follow(link)).status, want, title)
  assert.equal(rows.length, 7)
  assert.equal(await subscriptions(), 1)
  const { Attributes } = await sns.getSubscriptionAttributes({ SubscriptionArn })
  assert.equal(Attributes?.['ConfirmationWasAuthenticated'], 'true')
  assert.equal((await follow(UnsubscribeURL)).status, 200)
  assert.equal(await subscriptions(), 0)
  assert.equal(audited.filter(({ envelope }) => envelope.operation === 'Unsubscribe').length, 1)
  assert.equal((await follow(UnsubscribeURL)).status, 200, 'it is over already')
})

test('links: one that confirms does it once, for its own topic and in its time; what has ended does not begin by it again', async (t) => {
  const { sns, topic, startRunner, callAsService, follow, clock } = await rig()
  assert.ok(loopback)
  const web = await receiver()
  const runner = startRunner(callAsService, [loopback])
  t.after(async () => {
    await runner.close()
    web.close()
  })
  const asked = async (name: string) => {
    const TopicArn = await topic(name)
    await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: `${web.url}/${name}` })
    await runner.look()
    const { SubscribeURL = '', Token = '' } = JSON.parse(web.got.at(-1)?.body ?? '') as Sent // As SNS writes it.
    const confirmed = async () => {
      const { Subscriptions = [] } = await sns.listSubscriptionsByTopic({ TopicArn })
      return Subscriptions.map(({ SubscriptionArn = '' }) => SubscriptionArn).filter((arn) =>
        arn.includes(':'),
      )
    }
    return { TopicArn, link: SubscribeURL, token: Token, confirmed }
  }
  const [one, other, late] = [await asked('one'), await asked('other'), await asked('late')]
  const changed = (link: string, name: string, value: string): string => {
    const url = new URL(link)
    url.searchParams.set(name, value)
    return url.href
  }
  const wrong: readonly (readonly [string, string])[] = [
    ["another's token", changed(one.link, 'Token', other.token)],
    ['another topic', changed(one.link, 'TopicArn', other.TopicArn)],
    ["another account's", changed(one.link, 'TopicArn', one.TopicArn.replace(here, there))],
    ['a bit of the token', changed(one.link, 'Token', one.token.replace(/^./, (first) => (first === '0' ? '1' : '0')))],
    ['the token in capitals', changed(one.link, 'Token', one.token.toUpperCase())],
    ['what ends a subscription', changed(one.link, 'Action', 'Unsubscribe')],
  ] // prettier-ignore
  for (const [title, link] of wrong) assert.equal((await follow(link)).status, 400, title)
  assert.equal(wrong.length, 6)
  assert.deepEqual([await one.confirmed(), await other.confirmed()], [[], []])
  assert.equal((await follow(one.link)).status, 200)
  assert.equal((await follow(one.link)).status, 400, 'again')
  const [SubscriptionArn] = await one.confirmed()
  await sns.unsubscribe({ SubscriptionArn })
  assert.equal((await follow(one.link)).status, 400, 'when it has ended')
  assert.deepEqual(await one.confirmed(), [])
  clock.nowMs += quotas.confirmationMs - 1
  assert.equal((await follow(other.link)).status, 200, 'just in time')
  clock.nowMs += 1
  assert.equal((await follow(late.link)).status, 400, 'too late')
  clock.nowMs = startMs // Signatures are of then.
  assert.deepEqual(await late.confirmed(), [])
})

test('links: with AuthenticateOnUnsubscribe only the two accounts end it, and sign for it', async (t) => {
  const { sns, foreign, TopicArn, SubscriptionArn, UnsubscribeURL, follow, subscriptions, seal, store } =
    await subscribedWebAddress(t, 'true')
  assert.equal(new URL(UnsubscribeURL).searchParams.has('Token'), false)
  const token = unsubscribeTokenOf(store.read, seal, SubscriptionArn as Arn) // SNS's own answer.
  assert.equal((await follow(`${UnsubscribeURL}&Token=${token ?? ''}`)).status, 400)
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: '*', Action: 'SNS:Unsubscribe', Resource: TopicArn },
  })
  await sns.setTopicAttributes({ TopicArn, AttributeName: 'Policy', AttributeValue: Policy })
  assert.match(await refusal(foreign.unsubscribe({ SubscriptionArn })), /AuthorizationError|AccessDenied/)
  assert.equal(await subscriptions(), 1)
  await sns.unsubscribe({ SubscriptionArn })
  assert.equal(await subscriptions(), 0)
})

test("links: another account's queue is asked first, by a message; its account may end what it confirmed", async () => {
  const { sns, foreign, foreignQueues, topic, startRunner, waiting, logged } = await rig()
  const TopicArn = await topic('news')
  const arn = `arn:aws:sqs:us-east-1:${there}:theirs`
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
      Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    },
  })
  const { QueueUrl } = await foreignQueues.createQueue({ QueueName: 'theirs', Attributes: { Policy } })
  const received = async (): Promise<readonly string[]> => {
    const { Messages = [] } = await foreignQueues.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 })
    return Messages.map(({ Body = '' }) => Body)
  }
  const runner = startRunner()
  const Attributes = { RawMessageDelivery: 'true' }
  const { SubscriptionArn } = await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes })
  assert.equal(SubscriptionArn, 'pending confirmation')
  await sns.publish({ TopicArn, Message: 'too early' })
  await runner.look()
  const [body = '', ...more] = await received()
  const asked = JSON.parse(body) as Sent // As SNS writes it.
  assert.deepEqual([asked['Type'], more.length], ['SubscriptionConfirmation', 0])
  const confirmed = await foreign.confirmSubscription({ TopicArn, Token: asked['Token'] })
  await sns.publish({ TopicArn, Message: 'hello' })
  await runner.look()
  assert.deepEqual(await received(), ['hello'])
  assert.deepEqual([waiting(), logged], [0, []])
  await sns.unsubscribe({ SubscriptionArn: confirmed.SubscriptionArn })

  // Its own account, which the topic lets, is not asked, and looks after its subscription, though another has asked for one.
  await sns.addPermission({ TopicArn, Label: 'them', AWSAccountId: [there], ActionName: ['Subscribe'] })
  const FilterPolicy = '{"nothing":["matches"]}'
  await sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arn, Attributes: { FilterPolicy } })
  await runner.look()
  const late = JSON.parse((await received())[0] ?? '') as Sent // As above.
  const own = await foreign.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: arn })
  assert.match(
    await refusal(foreign.confirmSubscription({ TopicArn, Token: late['Token'] })),
    /Invalid token/,
  )
  assert.match(own.SubscriptionArn ?? '', /^arn:aws:sns:/)
  const { SubscriptionArn: ownArn } = own
  const read = await foreign.getSubscriptionAttributes({ SubscriptionArn: ownArn })
  assert.deepEqual([read.Attributes?.['Owner'], read.Attributes?.['FilterPolicy']], [there, undefined])
  await foreign.unsubscribe({ SubscriptionArn: ownArn })
  assert.equal((await sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions?.length ?? 0, 0)
  await runner.close()
})

test('links: they lead to the address that the operator says, as it is now', async (t) => {
  const { sns, topic, startRunner, callAsService, follow } = await rig({ publicUrl: 'https://one.example' })
  assert.ok(loopback)
  const web = await receiver()
  t.after(() => web.close())
  const runner = startRunner(callAsService, [loopback])
  const TopicArn = await topic('news')
  await sns.subscribe({ TopicArn, Protocol: 'http', Endpoint: web.url })
  await runner.look()
  await runner.close()
  const { SubscribeURL = '', SigningCertURL } = JSON.parse(web.got[0]?.body ?? '') as Sent // As SNS writes it.
  assert.deepEqual(
    [SubscribeURL, SigningCertURL].map((url) => new URL(url ?? '').origin),
    ['https://one.example', 'https://one.example'],
  )
  assert.equal((await follow(SubscribeURL)).status, 200)
  const moved = startRunner(callAsService, [loopback], undefined, 'https://two.example')
  await sns.publish({ TopicArn, Message: 'x' })
  await moved.look()
  await moved.close()
  const { UnsubscribeURL = '' } = JSON.parse(web.got[1]?.body ?? '') as Sent // As above.
  assert.equal(new URL(UnsubscribeURL).origin, 'https://two.example')
  assert.equal((await follow(UnsubscribeURL)).status, 200)
})

test("links: another account's function is subscribed by that account, whom the topic lets, and invoked as SNS for the topic", async () => {
  const { sns, foreign, topic, startRunner } = await rig()
  const TopicArn = await topic('news')
  const Endpoint = `arn:aws:lambda:us-east-1:${there}:function:f`
  const subscribe = () => foreign.subscribe({ TopicArn, Protocol: 'lambda', Endpoint })
  assert.match(await refusal(subscribe()), /AuthorizationError|AccessDenied/)
  await sns.addPermission({ TopicArn, Label: 'them', AWSAccountId: [there], ActionName: ['Subscribe'] })
  assert.match((await subscribe()).SubscriptionArn ?? '', /^arn:aws:sns:/)
  const calls: object[] = []
  let event: Readonly<Record<string, unknown>> = {}
  const runner = startRunner(({ service, operation, input, as }) => {
    const { Records } = JSON.parse(String((input as { readonly Payload?: Buffer }).Payload)) as {
      readonly Records: readonly { readonly Sns: typeof event }[]
    } // As SNS writes it.
    event = Records[0]?.Sns ?? {}
    calls.push({ service, operation, as, name: (input as { readonly FunctionName?: string }).FunctionName })
    return Promise.resolve({ ok: true, output: {} })
  })
  await sns.publish({ TopicArn, Message: 'x' })
  await runner.look()
  await runner.close()
  assert.deepEqual(calls, [
    {
      ...{ service: 'lambda', operation: 'Invoke', name: Endpoint },
      as: { kind: 'service', principal: 'sns.amazonaws.com', sourceArn: TopicArn },
    },
  ])
  const { SignatureVersion, Signature, SigningCertUrl } = event
  assert.equal(SignatureVersion, '1')
  assert.match(String(Signature), /^[A-Za-z0-9+/]{342}==$/)
  assert.match(String(SigningCertUrl), /\/SimpleNotificationService-[0-9a-f]{32}\.pem$/)
})
