import type { AccountId } from '#core/arn.ts'
import { auditRecipients } from '#core/audit-recipients.ts'
import type { Derived } from '#core/derived.ts'
import type { Reader } from '#core/store/index.ts'
import type { DataEventChoice } from '#telemetry/index.ts'
import { trails } from './documents.ts'
import { eventDataStores } from './lake/documents.ts'
import { asOfTrails } from './lake/selectors.ts'
import { isSelected, type Selectors } from './selectors.ts'

/** Whoever selects data events now: a trail, or an event data store. */
interface Chooser {
  /** Left out: all. */
  readonly region: string | undefined
  readonly selectors: Selectors
}

/**
 * Says which data events trails and event data stores want. What is delivered and shown is chosen again, by the same selectors: this decides
 * what is recorded for it. As long as nobody selects any, a call costs one look into what is kept.
 * Source: docs/decisions/0011-data-events.md.
 */
export function createDataEventChoice(derived: Derived): DataEventChoice {
  const choosers = derived((reader) => choosersIn(reader))
  return (call, recordFor) => {
    const byAccount = choosers('all', undefined)
    if (byAccount.size === 0) return false
    return auditRecipients(call).some((account) => {
      const own = byAccount.get(account)
      if (!own) return false
      const record = recordFor(account)
      return own.some(
        ({ region, selectors }) =>
          (region === undefined || region === record.awsRegion) && isSelected(selectors, record),
      )
    })
  }
}

function choosersIn(reader: Reader): ReadonlyMap<AccountId, readonly Chooser[]> {
  const found = new Map<AccountId, Chooser[]>()
  const add = (account: AccountId, isOfAll: boolean, region: string, selectors: Selectors): void => {
    const chooser = { region: isOfAll ? undefined : region, selectors }
    found.set(account, [...(found.get(account) ?? []), chooser])
  }
  for (const { document } of reader.findAnywhere(trails, 'dataEvents', 'all'))
    add(document.account, document.isMultiRegion, document.region, document.selectors)
  for (const { document } of reader.findAnywhere(eventDataStores, 'dataEvents', 'all'))
    add(document.account, document.multiRegion, document.region, asOfTrails(document.selectors))
  return found
}
