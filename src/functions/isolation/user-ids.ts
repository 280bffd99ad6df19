import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { hold, isHeld, letGo } from './holding.ts'
import { isAnyKnown } from './known-ids.ts'
import { runningUsers } from './processes.ts'

/** Ids for users and groups that nobody else of this machine has. */
export interface UserIds {
  readonly first: number
  readonly count: number
  /** Whether a process that has ended had them before: what it began may run on. */
  readonly isInherited: boolean
  /** Where they are claimed; nowhere where functions run as the server's own user. */
  readonly claim?: string
  release(): void
}

/** Differs: our own choice. High, but below what containers map (65,536) and what Debian and systemd give out (60,000). */
const range = { first: 50_000, block: 200, blocks: 50 } as const

/** What is asked of the machine. */
interface Machine {
  /** Whether one of these ids is a user's or a group's. */
  readonly isAnyKnown: (ids: readonly number[]) => Promise<boolean>
  /** Ids as which something runs. */
  readonly running: () => ReadonlySet<number>
}

/**
 * Takes a block of ids for this process; another Redoubt on this machine takes another one. A block whose process has ended is free. Passed
 * over is a block with an id that the machine knows, or as whom something runs that no claim explains: a Redoubt in a container has claims of
 * its own, and the same ids.
 *
 * A claim has a name of its own, which nobody else ever has: what a dead process left can be removed, however many do so at once. Two that
 * claim a block at once see one another, and both take another one. Faults: no block is free; the machine cannot be asked.
 */
export async function takeUserIds(
  folder: string,
  { isAnyKnown, running }: Machine = thisMachine,
): Promise<UserIds> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (let block = 0; block < range.blocks; block += 1) {
    const first = range.first + block * range.block
    if (await isAnyKnown(Array.from({ length: range.block }, (_, at) => first + at))) continue
    const taken = claimBlock(folder, first, running())
    if (taken) return taken
  }
  throw new Error('no block of user ids is free for functions')
}

/** Undefined: somebody has it. */
function claimBlock(folder: string, first: number, running: ReadonlySet<number>): UserIds | undefined {
  const claim = mkdtempSync(join(folder, `${first}-${process.pid}-`))
  hold(claim)
  const release = (): void => {
    letGo(claim)
    rmSync(claim, { recursive: true, force: true })
  }
  const others = claimsOf(folder, first).filter((path) => path !== claim)
  const isInherited = others.length > 0
  const isUsed = [...running].some((id) => id >= first && id < first + range.block)
  if (others.some(isLive) || (isUsed && !isInherited)) {
    release()
    return undefined
  }
  for (const left of others) rmSync(left, { recursive: true, force: true })
  return { first, count: range.block, isInherited, claim, release }
}

const thisMachine: Machine = { isAnyKnown, running: runningUsers }

const claimName = /^(?<first>\d+)-(?<pid>\d+)-/

function claimsOf(folder: string, first: number): readonly string[] {
  const names = readdirSync(folder).filter(
    (name) => Number(claimName.exec(name)?.groups?.['first']) === first,
  )
  return names.map((name) => join(folder, name))
}

function isLive(claim: string): boolean {
  return isHeld(claim, Number(claimName.exec(basename(claim))?.groups?.['pid']))
}
