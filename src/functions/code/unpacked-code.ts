import { chmod, chown, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BadArchive, unpackArchive } from './archive.ts'
import type { CodeStore } from './code-store.ts'
import { quotas } from '../quotas.ts'

/** Unpacked code that functions read; each has a group of its own, in which the processes are that may. */
export interface UnpackedCode {
  /** Unpacks an archive with its layers, or gives what is there; `release` once for each. Faults: BadArchive; the disk's. */
  acquire(code: string, layers: readonly string[]): Promise<Unpacked>
}

export interface Unpacked {
  readonly task: string
  readonly opt: string
  /** The group that may read it. */
  readonly group: number
  release(): void
}

interface Kept {
  readonly made: Promise<Omit<Unpacked, 'release'>>
  readonly folder: string
  readonly group: number
  users: number
}

/** Keeps at most as many as there are groups; what nobody uses makes room, the longest unused first. */
export function createUnpackedCode({
  folder,
  store,
  groups,
  own,
}: {
  readonly folder: string
  readonly store: CodeStore
  readonly groups: { readonly first: number; readonly count: number }
  /** Whether files are given to the groups. */
  readonly own: boolean
}): UnpackedCode {
  const kept = new Map<string, Kept>()
  const free = Array.from({ length: groups.count }, (_, index) => groups.first + index)
  let number = 0

  async function unpack(place: string, group: number, code: string, layers: readonly string[]) {
    const [task, opt] = [join(place, 'task'), join(place, 'opt')]
    await mkdir(place, { mode: 0o711 })
    let bytes = 0
    for (const [target, digests] of [
      [opt, layers],
      [task, [code]],
    ] as const) {
      await mkdir(target)
      if (own) await chown(target, 0, group)
      await chmod(target, own ? 0o2750 : 0o750) // What is made within belongs to the group as well.
      for (const digest of digests) bytes += await unpackArchive(await store.get(digest), target)
    }
    if (bytes > quotas.unzippedBytesMax)
      throw new BadArchive('too-large', 'code and layers together are too large')
    return { task, opt, group }
  }

  async function makeRoom(): Promise<number> {
    for (const [key, { users, folder: place, group }] of kept) {
      if (free.length > 0) break
      if (users > 0) continue
      kept.delete(key)
      await rm(place, { recursive: true, force: true })
      free.push(group)
    }
    const group = free.shift()
    if (group === undefined) throw new Error('more functions run than there are groups')
    return group
  }

  return {
    async acquire(code, layers) {
      const key = [code, ...layers].join()
      let found = kept.get(key)
      if (!found) {
        const group = await makeRoom()
        found = kept.get(key)
        if (found) free.push(group)
        else {
          const place = join(folder, `code-${++number}`)
          found = { made: unpack(place, group, code, layers), folder: place, group, users: 0 }
        }
      }
      const mine = found
      kept.delete(key)
      kept.set(key, mine)
      mine.users += 1
      let released = false
      const release = (): void => {
        if (!released) mine.users -= 1
        released = true
      }
      try {
        return { ...(await mine.made), release }
      } catch (error) {
        release()
        if (kept.get(key) === mine) {
          kept.delete(key)
          await rm(mine.folder, { recursive: true, force: true })
          free.push(mine.group)
        }
        throw error
      }
    },
  }
}
