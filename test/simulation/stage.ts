import type {
  CloudTrailRecord,
  DnsRecord,
  FlowRecord,
  Source,
  Sources,
  WebRecord,
} from '#engines/detect/index.ts'
import { agents, type Caller, session, user } from './callers.ts'
import { type Call, record } from './calls.ts'
import { addresses } from './places.ts'
import { chance, type Chance } from './random.ts'
import { atShell, dayMs, days, hourMs, type Person, secondMs, staff, startMs } from './staff.ts'
import { type Machine, machines } from './traffic.ts'
import { request } from './visitors.ts'
import { runner } from './deployments.ts'
import { applications, atWork } from './workloads.ts'

/** A record and what it is one of. */
export type Seen = {
  readonly [From in Source]: { readonly source: From; readonly record: Sources[From] }
}[Source]

/** The day after the quiet fortnight, and who is there. What is said on it is a list of records. */
export interface Stage {
  readonly chance: Chance
  /** Lets time pass. */
  readonly wait: (ms: number) => void
  /** A call, some seconds after the last one. */
  readonly call: (caller: Caller, call: Call) => void
  readonly flows: (make: (machine: Machine, atMs: number, chance: Chance) => readonly FlowRecord[]) => void
  /** A request at the shop's door, some milliseconds after the last one. */
  readonly visit: (afterMs: number, client: string, path: string, said?: Partial<WebRecord>) => void
  readonly queries: (make: (machine: Machine, atMs: number, chance: Chance) => readonly DnsRecord[]) => void
  readonly seen: readonly Seen[]
  /** A developer's key in wrong hands, used from a rented server. */
  readonly thief: Caller
  /** The same developer, as usual. */
  readonly developer: Caller
  readonly administrator: Caller
  readonly runner: Caller
  /** The shop's program on its instance. */
  readonly shop: Caller
  /** The shop's credentials, used from outside. */
  readonly stolenShop: Caller
  readonly cleanup: Caller
  readonly reports: Caller
}

/** A stage of its own for each seed: what one attack does is not seen by another. The quiet fortnight's people are on it. */
export function stage(seed: number, fortnightSeed: number): Stage {
  const luck = chance(seed)
  const people = staff(chance(fortnightSeed))
  const person = (name: string): Person => people.find((one) => one.name === name) as Person // One of the fifty.
  const program = (name: string) => atWork(applications.find((one) => one.name === name) as never) // One of the applications.
  const ids = { next: 900_000_000_000 + seed * 100_000 }
  const seen: Seen[] = []
  let atMs = startMs + days * dayMs + 10 * hourMs
  const [shop, developer] = [program('shop-role'), atShell(person('dev5'), addresses.office)]
  return {
    ...{
      chance: luck,
      seen,
      developer,
      shop,
      runner,
      cleanup: program('cleanup-role'),
      reports: program('reports-role'),
    },
    thief: { identity: user('dev5'), address: addresses.attacker, agent: agents.boto },
    stolenShop: { ...shop, address: addresses.attacker, agent: agents.kali },
    administrator: atShell(person('administrator0'), addresses.office),
    wait: (ms) => void (atMs += ms),
    call(caller, call) {
      atMs += (3 + luck.whole(20)) * secondMs
      const made: CloudTrailRecord = record(caller, call, atMs, ids)
      seen.push({ source: 'cloudTrail', record: made })
    },
    flows(make) {
      for (const one of make(machines[2] as Machine, atMs, luck)) seen.push({ source: 'flow', record: one }) // There are eight.
    },
    visit(afterMs, client, path, said) {
      atMs += afterMs
      seen.push({ source: 'web', record: request(luck, atMs, client, path, said) })
    },
    queries(make) {
      for (const one of make(machines[2] as Machine, atMs, luck)) seen.push({ source: 'dns', record: one }) // There are eight.
    },
  }
}

export { session }
