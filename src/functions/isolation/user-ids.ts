import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hold, isHeld, letGo } from './holding.ts'

/** Ids for users and groups that nobody else of this machine has. */
export interface UserIds {
  readonly first: number
  readonly count: number
  release(): void
}

/** Differs: our own choice. High, but below what containers map (65,536) and what Debian and systemd give out (60,000). */
const range = { first: 50_000, block: 200, blocks: 50 } as const

/**
 * Takes a block of ids for this process; another Redoubt on this machine takes another one. A block whose process has ended is free.
 * Ids of the password file are passed over.
 */
export function takeUserIds(folder: string, passwd = readPasswd()): UserIds {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (let block = 0; block < range.blocks; block += 1) {
    const first = range.first + block * range.block
    const isTaken = passwd.some((id) => id >= first && id < first + range.block)
    const claim = join(folder, String(first))
    if (isTaken || !claimed(claim)) continue
    hold(claim)
    const release = (): void => {
      letGo(claim)
      rmSync(claim, { force: true })
    }
    return { first, count: range.block, release }
  }
  throw new Error('no block of user ids is free for functions')
}

function claimed(path: string): boolean {
  for (const attempt of [1, 2]) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (attempt === 2 || isHeld(path, Number(readFileSync(path, 'utf8')))) return false
      rmSync(path, { force: true })
    }
  }
  return false
}

function readPasswd(): readonly number[] {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => Number(line.split(':')[2]))
  } catch {
    return []
  }
}
