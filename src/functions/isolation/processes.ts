import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { cleanEnvironment } from './confinement.ts'

/** The processes of an environment: by their user where they have one of their own, else the first one. */
export type Processes =
  | { readonly kind: 'of-user'; readonly user: number; readonly group: number; readonly leader: number }
  | { readonly kind: 'group'; readonly leader: number }

/** Memory that is an environment's own, in bytes: what is mapped from files is shared by all. Undefined where the platform does not tell. */
export function memoryOf(processes: Processes): number | undefined {
  try {
    const pids = processes.kind === 'of-user' ? pidsOf(processes.user) : [processes.leader]
    let bytes = 0
    for (const pid of pids) bytes += ownMemory(pid)
    return bytes
  } catch {
    return undefined // No /proc.
  }
}

function ownMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    let kibibytes = 0
    for (const [, amount = '0'] of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)) kibibytes += Number(amount)
    return kibibytes * 1024
  } catch {
    return 0 // It has ended meanwhile.
  }
}

function pidsOf(user: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && ownerOf(name) === user)
    .map(Number)
}

function ownerOf(pid: string): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid
  } catch {
    return undefined
  }
}

/** Attempts at ending processes that make new ones. */
const attemptsMax = 100

/**
 * Ends all processes of an environment. A process that left its group is found by its user. Tells whether none is left.
 */
export async function endProcesses(processes: Processes): Promise<boolean> {
  killGroup(processes.leader)
  if (processes.kind === 'group') return true
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const left = livingOf(processes.user)
    if (left.length === 0) return true
    // One call of the user itself reaches all of its processes at once: none can fork away from it.
    await killAllOf(processes)
    await turn()
  }
  return livingOf(processes.user).length === 0
}

function livingOf(user: number): readonly number[] {
  return pidsOf(user).filter((pid) => {
    try {
      return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
    } catch {
      return false
    }
  })
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function killAllOf({ user, group }: { readonly user: number; readonly group: number }): Promise<void> {
  return new Promise((resolve) => {
    execFile(
      '/bin/sh',
      ['-c', 'kill -9 -1'],
      { uid: user, gid: group, env: cleanEnvironment, cwd: '/', timeout: 5_000, killSignal: 'SIGKILL' },
      () => resolve(), // It kills itself with the others.
    )
  })
}
