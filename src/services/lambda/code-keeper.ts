import type { Log } from '#core/log.ts'
import type { Store } from '#core/store/index.ts'
import type { World } from '#core/world.ts'
import type { CodeStore } from '#functions/index.ts'
import { ofConfiguration } from './archives.ts'
import { functions, layerVersions, versions } from './documents.ts'

const everyMs = 3_600_000

/** Removes archives that no document names any more; one worker does. */
export function createCodeKeeper({
  store,
  world,
  code,
  log,
}: {
  readonly store: Pick<Store, 'read'>
  readonly world: Pick<World, 'every' | 'nowMs'>
  readonly code: CodeStore
  readonly log: Log
}): { readonly sweep: () => Promise<void>; readonly close: () => void } {
  async function sweep(): Promise<void> {
    const used = new Set<string>()
    for (const { document } of store.read.findAnywhere(layerVersions, 'everywhere', 'all'))
      used.add(document.code.digest)
    const configurations = [
      ...store.read.findAnywhere(functions, 'everywhere', 'all').map(({ document }) => document.latest),
      ...store.read.findAnywhere(versions, 'everywhere', 'all').map(({ document }) => document.configuration),
    ]
    for (const configuration of configurations)
      for (const digest of ofConfiguration(configuration)) used.add(digest)
    try {
      await code.sweep((digest) => used.has(digest), world.nowMs())
    } catch (error) {
      log({ level: 'error', event: 'code-not-swept', reason: String(error) })
    }
  }
  return { sweep, close: world.every(everyMs, () => void sweep()) }
}
