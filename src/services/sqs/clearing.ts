import type { Scope, Transaction } from '#core/store/index.ts'
import {
  attempts,
  type ClearingDocument,
  clearings,
  contentIdOf,
  contents,
  counters,
  deduplications,
  messages,
} from './documents.ts'

/**
 * Deletes a batch of what is left of a queue that was deleted, or of messages that were purged. Whether that was all; then the clearing is
 * gone too.
 */
export function clear(
  tx: Transaction,
  scope: Scope,
  id: string,
  { queueKey, generation }: ClearingDocument,
  max: number,
): boolean {
  const prefix = `${queueKey}/`
  const old = tx.list(messages, scope, {
    prefix,
    limit: max,
    where: (message) => generation === undefined || message.generation < generation,
  })
  for (const { id: messageId, document } of old) {
    tx.delete(messages, scope, messageId)
    if (document.content === undefined) tx.delete(contents, scope, contentIdOf(document))
  }
  let left = max - old.length
  if (generation === undefined) {
    for (const collection of [deduplications, attempts, counters] as const) {
      const found = tx.list<object>(collection, scope, { prefix, limit: left })
      for (const one of found) tx.delete(collection, scope, one.id)
      left -= found.length
    }
  }
  if (left <= 0) return false
  tx.delete(clearings, scope, id)
  return true
}
