import type { AccountId } from '#core/arn.ts'
import type { ActingAs, CallAnswer, CallAsService } from '#core/service-calls.ts'
import { contentTypeOf, effectivePolicy, retryAfterSeconds } from './delivery-policy.ts'
import type { Delivered, HttpDelivery } from './http-delivery.ts'
import type { MailDelivery } from './mail-delivery.ts'
import { callOf } from './notification.ts'
import type { Notification } from './notification-text.ts'
import { mailRetryAfterMs, mayPass, retryAfterMs } from './retries.ts'
import type { Signer } from './signer.ts'

interface Parts {
  readonly web: HttpDelivery
  /** Undefined where the operator named no server. */
  readonly mail: MailDelivery | undefined
  readonly callAsService: CallAsService
}

interface Acting {
  readonly account: AccountId
  readonly as: ActingAs
  readonly signer: Signer
}

export type Deliver = (notification: Notification, acting: Acting) => Promise<Delivered>

/** Delivers by whatever way a subscription's protocol goes. */
export function createDeliver({ web, mail, callAsService }: Parts): Deliver {
  return async (notification, { account, as, signer }) => {
    switch (notification.subscription.protocol) {
      case 'http':
      case 'https':
        return web.deliver(notification, signer, contentTypeOf(policyOf(notification), isRaw(notification)))
      case 'email':
      case 'email-json':
        // A server that is started without an SMTP server may be started with one again.
        return (
          (await mail?.deliver(notification, signer)) ?? {
            ok: false,
            reason: 'no SMTP server',
            mayPass: true,
          }
        )
      case 'sqs':
      case 'lambda':
        return outcomeOf(await callAsService({ ...callOf(notification, signer), account, as }))
    }
  }
}

/** When a delivery is made again that failed so many times; undefined where it is given up. Units: milliseconds. */
export function nextAttemptMs(notification: Notification, failures: number): number | undefined {
  switch (notification.subscription.protocol) {
    case 'http':
    case 'https': {
      const seconds = retryAfterSeconds(policyOf(notification).healthyRetryPolicy, failures)
      return seconds === undefined ? undefined : seconds * 1_000
    }
    case 'email':
    case 'email-json':
      return mailRetryAfterMs(failures)
    case 'sqs':
    case 'lambda':
      return retryAfterMs(failures)
  }
}

/** How many deliveries a second a subscription takes, if it says. */
export function paceOf(about: Pick<Notification, 'topic' | 'subscription'>): number | undefined {
  const { protocol } = about.subscription
  if (protocol !== 'http' && protocol !== 'https') return undefined
  return policyOf(about).throttlePolicy?.maxReceivesPerSecond
}

function policyOf({ topic, subscription }: Pick<Notification, 'topic' | 'subscription'>) {
  return effectivePolicy(topic.attributes['DeliveryPolicy'], subscription.attributes['DeliveryPolicy'])
}

function isRaw({ subscription, said }: Notification): boolean {
  return subscription.attributes['RawMessageDelivery'] === 'true' && !said.confirmation
}

function outcomeOf(answer: CallAnswer): Delivered {
  if (answer.ok) return answer
  const { code } = answer.fault
  return { ok: false, reason: code, mayPass: mayPass(code) }
}
