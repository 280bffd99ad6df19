import type { PrincipalNames } from '#core/principal-names.ts'
import { service, type Service } from '#core/service.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { SqsParts } from './declare.ts'
import * as deleteMessage from './delete-message.ts'
import { createLanes, type Lanes } from './lanes.ts'
import * as moveTasks from './move-tasks.ts'
import * as permissions from './permissions.ts'
import * as queueAttributes from './queue-attributes.ts'
import * as queues from './queues.ts'
import * as receive from './receive.ts'
import * as redrive from './redrive.ts'
import * as send from './send.ts'
import * as tags from './tags.ts'
import * as visibility from './visibility.ts'
import { createWaiters } from './waiters.ts'

interface Ground {
  readonly store: Pick<Store, 'read' | 'tail'>
  readonly world: Pick<World, 'nowMs' | 'every'>
  readonly principals: PrincipalNames
  readonly publicUrl?: string | undefined
}

/** SQS, and its end: receivers that wait are answered when the server stops. */
export interface SqsService extends Service {
  readonly stop: () => void
  /** What waits in the queues, for the keeper. */
  readonly lanes: Lanes
}

/** Simple Queue Service: queues, standard and FIFO, whose messages are on disk before they are acknowledged. */
export function createSqsService({ store, world, principals, publicUrl }: Ground): SqsService {
  const lanes = createLanes(store)
  const waiters = createWaiters({ world, lanes })
  const parts: SqsParts = { principals, lanes, waiters, nowMs: world.nowMs, publicUrl }
  const files = [
    deleteMessage,
    moveTasks,
    permissions,
    queueAttributes,
    queues,
    receive,
    redrive,
    send,
    tags,
    visibility,
  ]
  return {
    ...service({ model: 'sqs', files, parts }),
    lanes,
    stop() {
      waiters.stop()
      lanes.stop()
    },
  }
}
