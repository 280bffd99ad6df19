import { nextAfter, parseSchedule } from '#engines/events/index.ts'
import type { Store, Transaction } from '#core/store/index.ts'
import { uuid } from '#core/ids.ts'
import type { World } from '#core/world.ts'
import { acceptEvent, eventTime } from './accept.ts'
import { type RuleDocument, rules } from './documents.ts'

/**
 * Fires the rules whose schedule is due: the deliveries and the next time are one transaction, so that no run is lost or done twice. While
 * too many deliveries wait, the rule waits too: it stays due. Of runs that were missed meanwhile, or while nobody ran, one is made up.
 */
export async function fireSchedules(
  store: Pick<Store, 'read' | 'transact'>,
  world: Pick<World, 'nowMs' | 'randomBytes'>,
): Promise<void> {
  const nowMs = world.nowMs()
  const due = store.read
    .findAnywhere(rules, 'scheduled', 'yes')
    .filter(({ document }) => isDue(document, nowMs))
  await Promise.all(due.map((found) => store.transact((tx) => fire(tx, world, found))))
}

function isDue({ dueAtMs }: RuleDocument, nowMs: number): boolean {
  return dueAtMs !== undefined && dueAtMs <= nowMs
}

function fire(
  tx: Transaction,
  { nowMs: clock, randomBytes }: Pick<World, 'nowMs' | 'randomBytes'>,
  { account, region, id }: { readonly account: string; readonly region: string; readonly id: string },
): void {
  const nowMs = clock()
  const scope = { account, region }
  const rule = tx.get(rules, scope, id)
  if (!rule || rule.dueAtMs === undefined || !isDue(rule, nowMs)) return
  const isAccepted = acceptEvent(tx, {
    scope,
    bus: rule.bus,
    rules: [rule],
    nowMs,
    randomBytes,
    event: {
      version: '0',
      id: uuid(randomBytes),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account,
      time: eventTime(rule.dueAtMs),
      region,
      resources: [rule.arn],
      detail: {},
    },
  })
  if (!isAccepted) return
  tx.put(rules, scope, id, { ...rule, dueAtMs: nextDue(rule, rule.dueAtMs, nowMs) })
}

function nextDue(
  { scheduleExpression = '' }: RuleDocument,
  dueMs: number,
  nowMs: number,
): number | undefined {
  const read = parseSchedule(scheduleExpression)
  if (!read.ok) return undefined
  const next = nextAfter(read.schedule, dueMs)
  return next !== undefined && next <= nowMs ? nextAfter(read.schedule, nowMs) : next
}
