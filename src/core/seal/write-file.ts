import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a file that only its owner may read (0600), whole or not at all, and never over another: after a crash at any point the
 * path holds nothing or everything. Answers false, and changes nothing, when the path is taken.
 * `suffix` makes the temporary file's name unlike any other.
 */
export function writeOnce(path: string, content: string, suffix: string): boolean {
  return writeThrough(path, content, suffix, claimName)
}

/** As `writeOnce`, in the place of whatever the path holds: after a crash it holds the old content or the new. */
export function replaceFile(path: string, content: string, suffix: string): void {
  writeThrough(path, content, suffix, (temporary) => {
    renameSync(temporary, path)
    return true
  })
}

/** Gives a file another file's name, which is gone from then on. */
export function moveFile(from: string, to: string): void {
  renameSync(from, to)
  syncDirectory(dirname(to))
}

function writeThrough(
  path: string,
  content: string,
  suffix: string,
  claim: (temporary: string, path: string) => boolean,
): boolean {
  const temporary = `${path}.${suffix}.tmp`
  const file = openSync(temporary, 'wx', 0o600)
  try {
    try {
      writeFileSync(file, content) // All of it, or it throws: a full disk takes a part without a word.
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (!claim(temporary, path)) return false
  } finally {
    if (existsSync(temporary)) unlinkSync(temporary)
  }
  syncDirectory(dirname(path))
  return true
}

/** link, unlike rename, fails when the name is taken: of two processes that start at once, one wins and the other reads its file. */
function claimName(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    // File systems without hard links; there the check before the rename must do.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error
    if (existsSync(path)) return false
    renameSync(temporary, path)
    return true
  }
}

/** Makes the new name survive a power cut. Windows cannot open directories, and needs no such call. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** The code of a Node.js system error (`ENOENT`), or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
