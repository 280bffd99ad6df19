import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
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
 *
 * A claim has a name of its own, which nobody else ever has: what a dead process left can be removed, however many do so at once. Two that
 * claim a block at once see one another, and both take another one.
 */
export function takeUserIds(folder: string, passwd = readPasswd()): UserIds {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (let block = 0; block < range.blocks; block += 1) {
    const first = range.first + block * range.block
    if (passwd.some((id) => id >= first && id < first + range.block)) continue
    const claim = mkdtempSync(join(folder, `${first}-${process.pid}-`))
    hold(claim)
    const release = (): void => {
      letGo(claim)
      rmSync(claim, { recursive: true, force: true })
    }
    if (isAlone(folder, first, claim)) return { first, count: range.block, release }
    release()
  }
  throw new Error('no block of user ids is free for functions')
}

/** Whether nobody else who lives claims the block; removes what dead ones claimed. */
function isAlone(folder: string, first: number, own: string): boolean {
  let isAlone = true
  for (const name of readdirSync(folder)) {
    const owner = /^(\d+)-(\d+)-/.exec(name)
    const claim = join(folder, name)
    if (Number(owner?.[1]) !== first || claim === own) continue
    if (isHeld(claim, Number(owner?.[2]))) isAlone = false
    else rmSync(claim, { recursive: true, force: true })
  }
  return isAlone
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
