import { Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, request as tlsRequest } from 'node:https'
import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import { guardedLookup, mayConnectTo, type OutboundAccess } from '#core/address-guard.ts'
import type { World } from '#core/world.ts'
import { envelope } from './envelope.ts'
import { type Notification, textFor } from './notification-text.ts'
import type { Signer } from './signer.ts'

/** What came of a delivery. */
export type Delivered =
  { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly mayPass: boolean }

export interface HttpDelivery {
  readonly deliver: (notification: Notification, signer: Signer, contentType: string) => Promise<Delivered>
  readonly close: () => void
}

/** Source: SNS Developer Guide, "Amazon SNS message delivery to HTTP/S endpoints": 15 seconds. */
const timeoutMs = 15_000
const socketsMax = 64

/** Posts notifications. A redirect is not followed: it is an answer like another, and no success. */
export function createHttpDelivery(
  { trust, networks, resolve }: OutboundAccess,
  after: World['after'],
): HttpDelivery {
  const lookup = guardedLookup(resolve, networks)
  const plain = new PlainAgent({ keepAlive: true, maxSockets: socketsMax, lookup })
  const tls = new TlsAgent({
    keepAlive: true,
    maxSockets: socketsMax,
    lookup,
    ca: [...getCACertificates('default'), ...trust],
    rejectUnauthorized: true,
  })

  function post(url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<Delivered> {
    const { promise, resolve: settle } = Promise.withResolvers<Delivered>()
    const options = { method: 'POST', headers }
    const request =
      url.protocol === 'https:'
        ? tlsRequest(url, { ...options, agent: tls })
        : plainRequest(url, { ...options, agent: plain })
    const cancel = after(timeoutMs, () => {
      settle({ ok: false, reason: 'timeout', mayPass: true })
      request.destroy()
    })
    request.on('error', () => settle({ ok: false, reason: 'unreachable', mayPass: true }))
    request.once('response', (response) => {
      const status = response.statusCode ?? 0
      response.destroy() // What it says does not count, however long it is.
      const mayPass = status >= 500 || status === 429
      settle(
        status >= 200 && status < 300 ? { ok: true } : { ok: false, reason: `status ${status}`, mayPass },
      )
    })
    request.end(body)
    return promise.finally(cancel)
  }

  return {
    deliver(notification, signer, contentType) {
      const { subscription, publication, said } = notification
      const url = URL.canParse(subscription.endpoint) ? new URL(subscription.endpoint) : undefined
      // An address in the place of a name is never looked up.
      const literal = url?.hostname.replace(/^\[(.*)\]$/, '$1') ?? ''
      const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
      if (!isWeb || (isIP(literal) !== 0 && !mayConnectTo(literal, networks)))
        return Promise.resolve({ ok: false, reason: 'address not allowed', mayPass: false })
      const isRaw = subscription.attributes['RawMessageDelivery'] === 'true' && !said.confirmation
      const headers = {
        'content-type': contentType,
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': said.confirmation ? 'SubscriptionConfirmation' : 'Notification',
        'x-amz-sns-message-id': publication.messageId,
        'x-amz-sns-topic-arn': publication.topicArn,
        ...(!said.confirmation && { 'x-amz-sns-subscription-arn': subscription.arn }),
        ...(isRaw && { 'x-amz-sns-rawdelivery': 'true' }),
      }
      const body = isRaw ? textFor(subscription, said) : JSON.stringify(envelope(notification, signer))
      return post(url, headers, body)
    },
    close() {
      plain.destroy()
      tls.destroy()
    },
  }
}
