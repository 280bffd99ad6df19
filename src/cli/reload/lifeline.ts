import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createInterface } from 'node:readline'

// Between the process that an operator started, the keeper, and the newest server: a socket that each server passes on to its successor.
// A line `stop` goes to the server for each signal, a line `exit <code>` comes back before the server ends.

/** The server's end of it. */
export interface Lifeline {
  readonly fd: number
  /** Says with which code the process is about to end. */
  readonly tellExit: (code: number) => Promise<void>
  /** Leaves it to a successor, which has a descriptor of its own. */
  readonly leave: () => void
}

/** Takes it up; `onStop` hears of each signal that the keeper got, and of the keeper's own death. */
export function takeLifeline(fd: number, onStop: () => void): Lifeline {
  const socket = new Socket({ fd, readable: true, writable: true, allowHalfOpen: true })
  let left = false
  const lines = createInterface({ input: socket })
  lines.on('line', (line) => {
    if (line === 'stop') onStop()
  })
  socket.on('error', () => undefined) // It closes right after.
  socket.on('end', () => {
    if (!left) onStop()
  })
  return {
    fd,
    tellExit: (code) => new Promise((resolve) => socket.write(`exit ${code}\n`, () => resolve())),
    leave() {
      left = true
      socket.destroy()
    },
  }
}

/** The keeper's end of it. */
export interface Kept {
  /** Passes a signal on. */
  readonly stop: () => void
}

/** Lives for the newest server alone: ends with its exit code, or with 1 where it ended without a word. */
export function keep(lifeline: Duplex, exit: (code: number) => void): Kept {
  let code = 1
  createInterface({ input: lifeline }).on('line', (line) => {
    const told = /^exit (?<code>\d{1,3})$/.exec(line)?.groups?.['code']
    if (told !== undefined) code = Number(told)
  })
  lifeline.on('error', () => undefined) // It closes right after.
  lifeline.once('close', () => exit(code))
  return {
    stop() {
      lifeline.write('stop\n')
    },
  }
}
