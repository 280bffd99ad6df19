import { uuid } from '#core/ids.ts'
import type { PublishServiceEvent } from '#core/service-events.ts'
import type { World } from '#core/world.ts'
import { acceptEvent, type Event, eventTime } from './accept.ts'
import { defaultBus } from './arns.ts'
import type { Router } from './router.ts'

interface Parts {
  readonly router: Router
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
}

/**
 * How the cloud's own services put events on the default bus. It is no operation: nothing that comes over the wire leads here.
 * Source: EventBridge User Guide, "Events from AWS services".
 */
export function createServiceEvents({ router, world }: Parts): PublishServiceEvent {
  const { randomBytes } = world
  return (tx, { scope, source, detailType, detail, resources, atMs }) => {
    const event: Event = {
      version: '0',
      id: uuid(randomBytes),
      'detail-type': detailType,
      source,
      account: scope.account,
      time: eventTime(atMs),
      region: scope.region,
      resources,
      detail,
    }
    const rules = router.match(scope, defaultBus, event)
    const archives = router.archives(scope, defaultBus, event)
    return acceptEvent(tx, {
      ...{ scope, bus: defaultBus, event, rules, archives },
      ...{ nowMs: world.nowMs(), randomBytes },
    })
  }
}
