import type { CloudTrailRecord, DnsRecord, FlowRecord, WebRecord } from '#engines/detect/index.ts'
import type { Caller } from './callers.ts'
import { type Call, record } from './calls.ts'
import { chance } from './random.ts'
import { dayMs, days, startMs, staff, workOf } from './staff.ts'
import { flowsOf, queriesOf } from './traffic.ts'
import { visitsOf } from './visitors.ts'
import { deploymentsOf } from './deployments.ts'
import { applicationsOf, servicesOf } from './workloads.ts'

/** What is seen of an organization. */
export interface Fortnight {
  readonly cloudTrail: readonly CloudTrailRecord[]
  readonly flow: readonly FlowRecord[]
  readonly dns: readonly DnsRecord[]
  readonly web: readonly WebRecord[]
  readonly days: number
  readonly endMs: number
}

/**
 * A quiet fortnight of an organization of fifty people: nothing in it is an attack, and much of it is new to somebody: a journey, two new
 * colleagues, nights on call, keys rotated, an auditor who lists everything, a service rolled out, calls refused by mistake.
 */
export function quietFortnight(seed: number): Fortnight {
  const said: { readonly atMs: number; readonly caller: Caller; readonly call: Call }[] = []
  const say = (atMs: number, caller: Caller, call: Call): void => void said.push({ atMs, caller, call })
  const people = chance(seed)
  workOf(staff(people), people, say)
  const programs = chance(seed + 1)
  applicationsOf(programs, say)
  servicesOf(programs, say)
  deploymentsOf(programs, say)
  const ids = { next: seed * 1_000_000 }
  return {
    cloudTrail: said
      .toSorted((a, b) => a.atMs - b.atMs)
      .map(({ atMs, caller, call }) => record(caller, call, atMs, ids)),
    flow: flowsOf(chance(seed + 2)),
    dns: queriesOf(chance(seed + 3)),
    web: visitsOf(chance(seed + 4)),
    days,
    endMs: startMs + days * dayMs,
  }
}
