import { execFile, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { cleanEnvironment } from './confinement.ts'

/** The processes of an environment: by their user where they have one of their own, else by their group. */
export type Processes =
  | {
      readonly kind: 'of-user'
      readonly user: number
      readonly group: number
      readonly leader: number
      /** The leader only waits for its child, which is the first of a process namespace: when that ends, all end. */
      readonly namespace: boolean
    }
  | { readonly kind: 'group'; readonly leader: number }

/**
 * Memory that each environment has for itself, in bytes, from one look at all processes: what is mapped from files is shared by all.
 * Undefined where the platform does not tell.
 */
export function memoryOf(environments: readonly Processes[]): readonly (number | undefined)[] {
  const bytes = new Map<string, number>()
  try {
    const wanted = new Set(environments.map(nameOf))
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue
      const name = environments.some(({ kind }) => kind === 'of-user') ? `user ${ownerOf(pid)}` : groupOf(pid)
      if (wanted.has(name)) bytes.set(name, (bytes.get(name) ?? 0) + ownMemory(pid))
    }
  } catch {
    return environments.map(() => undefined) // No /proc.
  }
  return environments.map((environment) => bytes.get(nameOf(environment)) ?? 0)
}

function nameOf(processes: Processes): string {
  return processes.kind === 'of-user' ? `user ${processes.user}` : `group ${processes.leader}`
}

function groupOf(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return `group ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]}`
  } catch {
    return '' // It has ended meanwhile.
  }
}

function ownMemory(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    let kibibytes = 0
    for (const [, amount = '0'] of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm))
      kibibytes += Number(amount)
    return kibibytes * 1024
  } catch {
    return 0 // It has ended meanwhile.
  }
}

function ownerOf(pid: string): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return undefined
  }
}

function pidsOf(user: number): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && ownerOf(name) === user)
}

/** Attempts at ending processes that make new ones. */
const attemptsMax = 100

/** Ends all processes of an environment. A process that left its group is found by its user. Tells whether none is left. */
export async function endProcesses(processes: Processes): Promise<boolean> {
  if (!(processes.kind === 'of-user' && processes.namespace && killChildren(processes.leader)))
    signalGroup(processes.leader, 'SIGKILL')
  // Whoever waits may be frozen.
  signalGroup(processes.leader, 'SIGCONT')
  if (processes.kind === 'group') return true
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (livingOf(processes.user).length === 0) {
      // It may have frozen itself after its child did: it is to wait for it now.
      signalGroup(processes.leader, 'SIGCONT')
      return true
    }
    // One call of the user itself reaches all of its processes at once: none can fork away from it.
    await killAllOf(processes)
    await turn()
  }
  return livingOf(processes.user).length === 0
}

/** Leaves the leader to wait for them, so that nothing is left to whoever adopts orphans. Tells whether it has any. */
function killChildren(leader: number): boolean {
  try {
    const children = readFileSync(`/proc/${leader}/task/${leader}/children`, 'latin1').trim()
    if (children === '') return false
    for (const child of children.split(' ')) process.kill(Number(child), 'SIGKILL')
    return true
  } catch {
    return false // It has ended, or the kernel does not tell.
  }
}

/** Whether a process of this user runs on, though its group was stopped: it has left it. */
export function runsOn(user: number): boolean {
  return inOtherStates(user, 'ZXTt').length > 0
}

/** Stops all processes of a user at once: none can fork away from it. */
export function stopAllOf({ user, group }: { readonly user: number; readonly group: number }): void {
  spawnSync('/bin/sh', ['-c', 'kill -STOP -1'], { ...asUser(user, group), stdio: 'ignore' })
}

/** Lets all processes of a user go on. */
export function continueAllOf(user: number): void {
  for (const pid of pidsOf(user))
    try {
      process.kill(Number(pid), 'SIGCONT')
    } catch {
      // It has ended meanwhile.
    }
}

function livingOf(user: number): readonly string[] {
  return inOtherStates(user, 'ZX')
}

function inOtherStates(user: number, states: string): readonly string[] {
  const isIn = new RegExp(`^State:\\s+[${states}]`, 'm')
  return pidsOf(user).filter((pid) => {
    try {
      return !isIn.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
    } catch {
      return false
    }
  })
}

/** Sends a signal to the processes that stayed in the group of the first one. */
export function signalGroup(leader: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  if (leader <= 1) return // What was not started has no group: 0 would mean our own, and -1 everybody.
  try {
    process.kill(-leader, signal)
  } catch {
    // It has ended.
  }
}

function asUser(uid: number, gid: number) {
  return { uid, gid, env: cleanEnvironment, cwd: '/', timeout: 5_000, killSignal: 'SIGKILL' } as const
}

function killAllOf({ user, group }: { readonly user: number; readonly group: number }): Promise<void> {
  return new Promise((resolve) => {
    execFile(
      '/bin/sh',
      ['-c', 'kill -9 -1'],
      asUser(user, group),
      () => resolve(), // It kills itself with the others.
    )
  })
}

/** As whom processes run; nobody where the platform does not tell. */
export function runningUsers(): ReadonlySet<number> {
  const users = new Set<number>()
  try {
    for (const pid of readdirSync('/proc')) {
      const user = /^\d+$/.test(pid) ? ownerOf(pid) : undefined
      if (user !== undefined) users.add(user)
    }
  } catch {
    // No /proc.
  }
  return users
}

/** Ends what a Redoubt that died left running under these users. */
export async function endLeftovers({
  first,
  count,
}: {
  readonly first: number
  readonly count: number
}): Promise<void> {
  for (const user of runningUsers())
    if (user >= first && user < first + count) await killAllOf({ user, group: user })
}
