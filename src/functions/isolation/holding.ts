/** Places of this machine that this process holds. What bears its id and is not among them is of an earlier life: in a container each may have the same. */
const held = new Set<string>()

export function hold(path: string): void {
  held.add(path)
}

export function letGo(path: string): void {
  held.delete(path)
}

/** Whether a place is held by the process whose id was left there. */
export function isHeld(path: string, pid: number): boolean {
  return pid === process.pid ? held.has(path) : isRunning(pid)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
