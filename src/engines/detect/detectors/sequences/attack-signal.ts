import type { Signal } from '../../signal.ts'
import { sequenceOf } from './sequence.ts'
import type { TracedSignal } from './trace.ts'

/** The signal of an attack: again with each signal that belongs to it, under the same key, so that it stays one finding. */
export function attackSignal(
  type: string,
  entity: string,
  last: Signal,
  signals: readonly TracedSignal[],
): Signal {
  const { accountId = '', region = '' } = last.values
  const key = `${type} ${entity}`
  return {
    ...{ type, key, atMs: last.atMs, action: last.action, resourceRole: 'TARGET', entities: last.entities },
    resource: { ...last.resource, ResourceType: 'AttackSequence' },
    values: { ...last.values, signals: String(signals.length) },
    sequence: sequenceOf(signals, { key, account: accountId, region }),
  }
}
