import type { Page } from './paging.ts'
import { page, type PageRequest } from './paging.ts'

/** Things of one kind, sorted by id, from behind `after` on, at most `limit`. */
export type Source<Item> = (
  after: string | undefined,
  limit: number,
) => Iterable<{ readonly id: string; readonly document: Item }>

/**
 * One page over several kinds of things, one kind after the other, with one marker over all. The kinds' order is that of
 * `sources`; a kind that is left out with undefined keeps its place, so that markers mean the same under any filter.
 */
export function pageAcross<Item>(
  request: PageRequest,
  sources: readonly (Source<Item> | undefined)[],
): Page<{ readonly id: string; readonly kind: number; readonly document: Item }> {
  return page(request, (after, limit) => {
    const [, from = '0', behind] = /^(\d+)\/(.*)$/s.exec(after ?? '') ?? []
    const found: { id: string; kind: number; document: Item }[] = []
    for (const [kind, source] of sources.entries()) {
      if (source === undefined || kind < Number(from)) continue
      const room = limit - found.length
      if (room <= 0) break
      let taken = 0
      for (const { id, document } of source(kind === Number(from) ? behind : undefined, room)) {
        if (taken === room) break
        found.push({ id: `${kind}/${id}`, kind, document })
        taken += 1
      }
    }
    return found
  })
}
