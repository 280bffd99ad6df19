import type { AuditTrail } from '#core/audit.ts'
import type { Store } from '#core/store/index.ts'

/**
 * The same trail, and `hear` hears of each record of this worker once it is kept: of calls that changed nothing as they are appended, of
 * changes once they are committed.
 */
export function heard<Trail extends AuditTrail>(
  trail: Trail,
  store: Pick<Store, 'tail'>,
  hear: (line: string) => void,
): Trail {
  store.tail(({ own, records }) => {
    if (own) for (const line of records) hear(line)
  })
  return {
    ...trail,
    append(line) {
      trail.append(line)
      hear(line)
    },
  }
}
