import assert from 'node:assert/strict'
import type { FrontDoor, ListenerRule } from '#core/front-door.ts'
import { systemWorld } from '#core/world.ts'
import { Configuration } from '#edge/doors/index.ts'
import type { EdgeRequest } from '#edge/request.ts'
import {
  arnOf,
  doorPart,
  frontDoor,
  group,
  groupPart,
  listener,
  rule,
  target,
  toGroup,
} from '../../src/edge/rig.test.ts'
import type { Grown, Subject } from './subject.ts'

const world = systemWorld()
const sharedPort = 8080

/** Load balancers behind a port, listeners of one, rules of one. */
export const doorSubjects: readonly Subject[] = [
  {
    what: 'rules of a listener',
    operation: 'routing a request',
    counts: [1, 10, 100],
    make: (count) => routing([door(0, [listener({ rules: rulesOf(count) })])], 'door-0.elb.localhost'),
  },
  {
    what: 'listeners of a load balancer',
    operation: 'routing a request',
    counts: [1, 10, 100],
    make(count) {
      const listeners = Array.from({ length: count }, (_, number) =>
        listener({ arn: arnOf(`listener/${number}`), port: 9_000 + number }),
      )
      return routing([door(0, listeners)], 'door-0.elb.localhost')
    },
  },
  {
    what: 'load balancers behind a port',
    operation: 'routing a request',
    counts: [10, 100, 1_000],
    make: (count) => routing(doors(count), 'door-3.elb.localhost'),
  },
  {
    what: 'load balancers behind a port',
    operation: 'taking a change of one',
    counts: [10, 100, 1_000],
    make(count) {
      const all = doors(count)
      const configuration = configured(all)
      return { run: () => configuration.apply(all.slice(3, 4).map(doorPart), []) }
    },
  },
]

function rulesOf(count: number): readonly ListenerRule[] {
  const tried = Array.from({ length: count - 1 }, (_, number) =>
    rule(toGroup(), [{ field: 'path-pattern', match: 'wildcard', values: [`/service-${number}/*`] }], number),
  )
  return [...tried, rule(toGroup())]
}

function door(number: number, listeners: FrontDoor['listeners']): FrontDoor {
  return frontDoor({ name: `door-${number}`, hostName: `door-${number}.elb.localhost`, listeners })
}

function doors(count: number): readonly FrontDoor[] {
  return Array.from({ length: count }, (_, number) => door(number, [listener()]))
}

function configured(all: readonly FrontDoor[]): Configuration {
  const configuration = new Configuration({
    world,
    sharedPorts: { http: sharedPort, https: 8443 },
    guardOf: () => assert.fail('no door is guarded'),
    authenticate: {
      authenticate: () => assert.fail('nobody signs in'),
      answerTo: () => assert.fail('nobody signs in'),
    },
    reportBug: (error) => assert.fail(String(error)),
    cookieKey: new Uint8Array(32),
  })
  configuration.apply([...all.map(doorPart), groupPart(group([target(80)]))], [])
  return configuration
}

function routing(all: readonly FrontDoor[], host: string): Grown {
  const configuration = configured(all)
  const request: EdgeRequest = {
    ...{
      method: 'GET',
      path: '/catalogue/chairs',
      query: undefined,
      httpVersion: '1.1',
      host,
      scheme: 'http',
    },
    headers: [['Host', host]],
    client: { address: '203.0.113.7', port: 50_000 },
    receivedAtMs: world.nowMs(),
  }
  const place = { port: sharedPort, scheme: 'http', host, serverName: undefined } as const
  return {
    run() {
      const { doors } = configuration
      const found = doors.admits(sharedPort, request.client.address) ? doors.find(place) : undefined
      const route = found?.route(request)
      assert.ok(route && 'pick' in route && route.pick(new Set()))
    },
  }
}
