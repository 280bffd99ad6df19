// The processes of a server, as Linux tells of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cannot } from './drill.ts'

/** A process that a server began, at whatever depth. */
export interface Child {
  readonly pid: number
  readonly command: string
}

/** All that a process began, and what those began. */
export function childrenOf(pid: number): readonly Child[] {
  if (process.platform !== 'linux') cannot('processes are looked up in /proc, which only Linux has')
  return tasksOf(pid).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`)
      .split(' ')
      .filter(Boolean)
      .map(Number)
      .flatMap((child) => [{ pid: child, command: commandOf(child) }, ...childrenOf(child)]),
  )
}

/** Units: bytes. */
export function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
}

/** How many files and sockets a process has open. */
export function descriptorsOf(pid: number): number {
  return existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`).length : 0
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
}

function tasksOf(pid: number): readonly string[] {
  return existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : []
}

/** A process may end between two looks. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
