import type { Certificate, FrontDoor, IngressRule, Listener } from '#core/front-door.ts'
import { Bounded } from '#core/bounded.ts'
import { addressSet, type AddressSet, parseAddress } from '#engines/waf/index.ts'
import type { CertificateChoice, Door } from '../door.ts'

/** Answers that are kept for addresses that come again. */
const addressesKept = 1_000

/** Who may connect to a listener: compiled from its security groups' rules. */
export function compileIngress(ingress: readonly IngressRule[], port: number): (address: string) => boolean {
  const sources = ingress
    .filter(({ fromPort, toPort }) => fromPort <= port && port <= toPort)
    .flatMap(({ sources }) => sources)
  const set = addressSet(sources)
  const admitted: AddressSet = set.ok ? set.value : { has: () => false }
  const known = new Bounded<string, boolean>(addressesKept)
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const address = parseAddress(text)
    const answer = address !== undefined && admitted.has(address)
    known.set(text, answer)
    return answer
  }
}

/** The doors of one scheme behind one port, by the names that requests ask for. */
export class Entrance {
  readonly #doors: readonly Door[]
  readonly #byName = new Map<string, Door>()
  /** Hosts that rules or certificates name; those that two doors name are nobody's. */
  readonly #byClaim = new Map<string, Door | undefined>()

  constructor(doors: readonly Door[]) {
    this.#doors = doors
    for (const door of doors) {
      this.#byName.set(door.frontDoor.hostName.toLowerCase(), door)
      for (const host of claims(door)) {
        const other = this.#byClaim.has(host) && this.#byClaim.get(host) !== door
        this.#byClaim.set(host, other ? undefined : door)
      }
    }
  }

  admits(address: string): boolean {
    return this.#doors.some((door) => door.admits(address))
  }

  /** The door of a host: by its DNS name; else the only one there is; else the one that names the host in a rule or certificate. */
  find(host: string): Door | undefined {
    const named = this.#byName.get(host)
    if (named !== undefined) return named
    if (this.#doors.length === 1) return this.#doors[0]
    // A host that two doors name is nobody's, also where one of them has named all of its domain besides.
    return this.#byClaim.get(this.#byClaim.has(host) ? host : `*${host.slice(host.indexOf('.'))}`)
  }

  /** What a client is shown that asks for this name; without a name, or for an unknown one, some door's default. */
  certificate(serverName: string | undefined): CertificateChoice | undefined {
    const door = (serverName === undefined ? undefined : this.find(serverName)) ?? this.#doors[0]
    if (door === undefined) return undefined
    const { certificates, tls } = door.listener
    const certificate = chosen(certificates, serverName)
    return certificate && tls && { certificate, policy: tls, http2: door.frontDoor.attributes.http2 }
  }
}

/** Source: ELB User Guide for Application Load Balancers, "SSL certificates": the most specific name, else the default one. */
function chosen(
  certificates: readonly Certificate[],
  serverName: string | undefined,
): Certificate | undefined {
  if (serverName === undefined) return certificates[0]
  const wildcard = `*${serverName.slice(serverName.indexOf('.'))}`
  return (
    certificates.find(({ names }) => names.includes(serverName)) ??
    certificates.find(({ names }) => names.includes(wildcard)) ??
    certificates[0]
  )
}

function claims({ listener }: Door): readonly string[] {
  const ofRules = listener.rules.flatMap(({ conditions }) =>
    conditions.flatMap((condition) =>
      condition.field === 'host-header' && condition.match === 'wildcard' ? condition.values : [],
    ),
  )
  const ofCertificates = listener.certificates.flatMap(({ names }) => names)
  return [...ofRules.map((host) => host.toLowerCase()), ...ofCertificates].filter(
    (host) => !/[*?]/.test(host.startsWith('*.') ? host.slice(2) : host),
  )
}

/** The listener of a front door that a shared port leads to: that of the usual port, else the lowest. */
export function sharedListener(
  { listeners }: FrontDoor,
  protocol: Listener['protocol'],
  sharedPort: number,
): Listener | undefined {
  const usual = protocol === 'HTTP' ? 80 : 443
  const able = listeners.filter((listener) => listener.protocol === protocol)
  return (
    able.find(({ port }) => port === sharedPort) ??
    able.find(({ port }) => port === usual) ??
    able.toSorted((one, other) => one.port - other.port)[0]
  )
}
