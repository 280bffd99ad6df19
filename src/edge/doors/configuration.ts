import type { EdgePart, FrontDoor, Listener } from '#core/front-door.ts'
import type { World } from '#core/world.ts'
import type { Door, Doors } from '../door.ts'
import type { Guard } from '../guard.ts'
import type { Authenticate } from './authenticate.ts'
import { SealedCookies } from './cookies.ts'
import { compileIngress, Entrance, sharedListener } from './entrances.ts'
import { type Around, compileRoutes, unrouted } from './route.ts'
import { Stickiness } from './stickiness.ts'
import { TargetGroups } from './target-groups.ts'

/** Names a part that is gone. */
export type RemovedPart = Pick<EdgePart, 'kind' | 'id'>

interface Parts {
  readonly world: Pick<World, 'nowMs' | 'randomBytes'>
  /** The ports that all front doors share; as doors are looked up by. */
  readonly sharedPorts: { readonly http: number; readonly https: number }
  /** The guard of a web ACL; it answers for a front door that names one, whatever has become of it. */
  readonly guardOf: (webACL: string, failOpen: boolean) => Guard
  readonly authenticate: Authenticate
  /** 32 bytes, the same in all workers. */
  readonly cookieKey: Uint8Array
  /** Takes what a listener's rules did not compile for: they were checked when they were saved. */
  readonly reportBug: (error: unknown) => void
}

/** A listener as it was compiled; it serves until its part is replaced. */
interface Compiled {
  readonly frontDoor: FrontDoor
  readonly listener: Listener
  readonly admits: Door['admits']
  readonly route: Door['route']
}

/** The parts of the configuration that are about doors and targets, and the doors that follow from them. */
export class Configuration {
  readonly #parts: Parts
  readonly #around: Around
  readonly #groups: TargetGroups
  readonly #compiled = new Map<string, readonly Compiled[]>()
  #doors: Doors = closed

  constructor(parts: Parts) {
    const { world, cookieKey, authenticate } = parts
    const random = (): number => world.randomBytes(4).readUInt32BE() / 2 ** 32
    this.#parts = parts
    this.#groups = new TargetGroups(world.nowMs, random)
    this.#around = {
      groups: this.#groups,
      stickiness: new Stickiness(new SealedCookies(cookieKey, world.randomBytes), world.nowMs),
      authenticate,
      random,
    }
  }

  /** The doors of the moment. */
  get doors(): Doors {
    return this.#doors
  }

  /** Takes parts that changed; only what they are about is compiled. */
  apply(put: readonly EdgePart[], removed: readonly RemovedPart[]): void {
    for (const { kind, id } of removed) {
      if (kind === 'front-door') this.#compiled.delete(id)
      if (kind === 'target-group') this.#groups.remove(id)
    }
    for (const part of put) {
      if (part.kind === 'front-door') this.#compiled.set(part.id, this.#compile(part.value))
      if (part.kind === 'target-group') this.#groups.put(part.value)
    }
    this.#doors = this.#open()
  }

  #compile(frontDoor: FrontDoor): readonly Compiled[] {
    return frontDoor.listeners.map((listener) => ({
      frontDoor,
      listener,
      admits: compileIngress(frontDoor.ingress, listener.port),
      route: this.#routes(frontDoor, listener),
    }))
  }

  /** A listener whose rules do not compile lets nothing through: the edge is that of all accounts, and serves the others on. */
  #routes(frontDoor: FrontDoor, listener: Listener): Door['route'] {
    try {
      return compileRoutes(frontDoor, listener, this.#around)
    } catch (error) {
      this.#parts.reportBug(error)
      return () => unrouted(listener)
    }
  }

  #open(): Doors {
    const { http, https } = this.#parts.sharedPorts
    const all = [...this.#compiled.values()]
    const ownPorts = [...new Set(all.flat().map(({ listener }) => listener.port))]
    const entrances = new Map<string, Entrance>()
    for (const port of new Set([...ownPorts, http, https]))
      for (const protocol of ['HTTP', 'HTTPS'] as const) {
        const doors = all.flatMap((listeners) => this.#behind(listeners, port, protocol))
        if (doors.length > 0) entrances.set(placeOf(port, protocol), new Entrance(doors))
      }
    const at = (port: number, scheme: 'http' | 'https'): Entrance | undefined =>
      entrances.get(placeOf(port, scheme === 'http' ? 'HTTP' : 'HTTPS'))
    return {
      ownPorts: ownPorts.filter((port) => port !== http && port !== https),
      admits: (port, address) =>
        at(port, 'http')?.admits(address) === true || at(port, 'https')?.admits(address) === true,
      certificate: (port, serverName) => at(port, 'https')?.certificate(serverName),
      find: ({ port, scheme, host, serverName }) =>
        at(port, scheme)?.find(host === '' ? (serverName ?? '') : host),
    }
  }

  /** The door of one front door behind a port. */
  #behind(listeners: readonly Compiled[], port: number, protocol: Listener['protocol']): readonly Door[] {
    const { http, https } = this.#parts.sharedPorts
    const [first] = listeners
    if (first === undefined) return []
    const isShared = port === (protocol === 'HTTP' ? http : https)
    const listener = isShared
      ? sharedListener(first.frontDoor, protocol, port)
      : first.frontDoor.listeners.find((one) => one.port === port && one.protocol === protocol)
    const compiled = listeners.find((one) => one.listener === listener)
    return compiled === undefined ? [] : [this.#door(compiled)]
  }

  #door({ frontDoor, listener, admits, route }: Compiled): Door {
    const { guardOf } = this.#parts
    const { webACL, attributes } = frontDoor
    return {
      frontDoor,
      listener,
      admits,
      route,
      guard: webACL === undefined ? undefined : guardOf(webACL, attributes.wafFailOpen),
    }
  }
}

function placeOf(port: number, protocol: Listener['protocol']): string {
  return `${protocol} ${port}`
}

/** Before anything is configured, nobody is let in. */
const closed: Doors = {
  ownPorts: [],
  admits: () => false,
  certificate: () => undefined,
  find: () => undefined,
}
