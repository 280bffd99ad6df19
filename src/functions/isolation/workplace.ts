import { constants, mkdtempSync } from 'node:fs'
import { access, chmod, copyFile, lstat, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hold, isHeld } from './holding.ts'
import { removeTree } from './remove-tree.ts'

/** Where functions live: outside of the data directory, which none of them may enter, and outside of /tmp, which each has for itself. */
const places = ['/var/tmp', '/tmp'] as const

/** Nothing can be written where functions live. */
class NoWorkplace extends Error {
  constructor(among: readonly string[]) {
    super(`functions need a folder in ${among.join(' or ')}: let the server's user write to one of these`)
    this.name = 'NoWorkplace'
  }
}

/**
 * A folder of this process that others may walk through, but not list; what processes that died left there is removed. Claims of ids are the
 * machine's, wherever the folder lies.
 */
export async function makeWorkplace(
  among: readonly string[] = places,
): Promise<{ readonly folder: string; readonly claims: string }> {
  const base = await findWorkplace(among)
  if (base === undefined) throw new NoWorkplace(among)
  for (const name of await readdir(base)) {
    const owner = /^run-(\d+)-/.exec(name)?.[1]
    if (owner === undefined || isHeld(join(base, name), Number(owner))) continue
    // What cannot be removed is no reason to run nothing: the next start tries again.
    await removeTree(join(base, name)).catch(() => undefined)
  }
  const folder = mkdtempSync(join(base, `run-${process.pid}-`)) // At once, so that nobody sees it before it is held.
  hold(folder)
  await chmod(folder, 0o711)
  return { folder, claims: join((await findWorkplace()) ?? base, 'ids') }
}

/** Where this user's functions live, made if need be; undefined where no place can be written to. */
export async function findWorkplace(among: readonly string[] = places): Promise<string | undefined> {
  for (const place of among) {
    const base = join(place, `redoubt-functions-${process.getuid?.() ?? 0}`)
    try {
      await mkdir(base, { mode: 0o711 })
      await chmod(base, 0o711)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') continue
    }
    // Everybody may make folders there: one that somebody else made is not ours.
    const found = await lstat(base)
    if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) continue
    if (await isWritable(base)) return base
  }
  return undefined
}

/** Not where the disk is mounted to be read alone, which the folder may have been before. */
async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** A program that every user can start and that is not hidden behind a function's own /tmp and /opt: itself, or a copy. */
export async function reachableProgram(file: string, folder: string): Promise<string> {
  if (!/^\/(?:tmp|opt)\//.test(file) && (await isReachable(file))) return file
  const copy = join(folder, 'node')
  await copyFile(file, copy, constants.COPYFILE_FICLONE)
  await chmod(copy, 0o755)
  return copy
}

async function isReachable(file: string): Promise<boolean> {
  await access(file, constants.X_OK)
  if (((await stat(file)).mode & 0o005) !== 0o005) return false
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}
