import { service, type Service } from '#core/service.ts'
import * as apiDestinations from './api-destinations.ts'
import * as archives from './archives.ts'
import * as buses from './buses.ts'
import * as connections from './connections.ts'
import type { EventsParts } from './declare.ts'
import * as permissions from './permissions.ts'
import * as putEvents from './put-events.ts'
import * as replays from './replays.ts'
import * as rules from './rules.ts'
import * as tags from './tags.ts'
import * as targets from './targets.ts'
import * as testEventPattern from './test-event-pattern.ts'

/** EventBridge: buses, rules and what their targets are sent. */
export function createEventsService(parts: EventsParts): Service {
  return service({
    model: 'events',
    files: [
      apiDestinations,
      archives,
      buses,
      connections,
      permissions,
      putEvents,
      replays,
      rules,
      tags,
      targets,
      testEventPattern,
    ],
    parts,
  })
}
