import { visible } from './visible.ts'

/** One line of the structured log. Nothing secret goes in: no bodies, no headers, no inputs. */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error'
  readonly event: string
  readonly [detail: string]: unknown
}

/** The process's own log, for its operator; what callers did is in the audit trail. */
export type Log = (entry: LogEntry) => void

/** Writes each entry as one line of JSON to `write`, with the time. */
export function createLog(write: (line: string) => void, nowMs: () => number): Log {
  return (entry) => write(`${visible(JSON.stringify({ time: new Date(nowMs()).toISOString(), ...entry }))}\n`)
}
