import { service, type Service } from '#core/service.ts'
import type { SnsParts } from './declare.ts'
import * as confirmation from './confirmation.ts'
import * as permissions from './permissions.ts'
import * as publish from './publish.ts'
import * as subscriptions from './subscriptions.ts'
import * as topics from './topics.ts'

/** Simple Notification Service: topics, whose messages are on disk for every subscription before they are acknowledged. */
export function createSnsService(parts: SnsParts): Service {
  return service({ model: 'sns', files: [confirmation, permissions, publish, subscriptions, topics], parts })
}
