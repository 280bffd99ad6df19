import { chmod, mkdtemp, readdir, rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes a folder that strangers' code could write to, with all that is in it: also what lies deeper than a path can say, and folders that
 * let nobody in. Links are not followed. Faults: what the file system says.
 */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true })
  } catch {
    await rm(await flattened(folder), { recursive: true, force: true })
  }
}

/** Moves each folder of a tree into a new one, whose paths are short, and removes what is no folder. Names are bytes: they may be no text. */
async function flattened(folder: string): Promise<string> {
  const flat = await mkdtemp(`${folder}-removed-`)
  const at = (index: number): string => join(flat, String(index))
  await chmod(folder, 0o700) // Who moves a folder writes to it.
  await rename(folder, at(0))
  let count = 1
  for (let index = 0; index < count; index += 1)
    for (const entry of await readdir(at(index), { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([Buffer.from(`${at(index)}/`), entry.name])
      if (entry.isDirectory()) {
        await chmod(path, 0o700)
        await rename(path, at(count))
        count += 1
      } else await unlink(path)
    }
  return flat
}
