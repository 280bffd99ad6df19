// A clock that a drill sets: libfaketime (`apt-get install faketime`) before the system's own, for the server's process, its threads and the edge's
// processes. Functions keep the real one: what runs them hands no environment on.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lifetime } from '../test/server.ts'
import { cannot } from './drill.ts'

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'

/** A clock, and what a server is started with to go by it. Timers go on as before: they do not follow the wall clock. */
export interface FakedClock {
  readonly environment: Readonly<Record<string, string>>
  readonly jump: (ms: number) => void
  readonly nowMs: () => number
}

export function fakedClock(t: Lifetime): FakedClock {
  if (!existsSync(library)) cannot('libfaketime is missing: apt-get install faketime')
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-clock-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'offset')
  let offsetMs = 0
  const jump = (ms: number): void => {
    offsetMs += ms
    writeFileSync(file, `${offsetMs < 0 ? '-' : '+'}${(Math.abs(offsetMs) / 1000).toFixed(0)}\n`)
  }
  jump(0)
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_NO_CACHE: '1',
      NODE_OPTIONS: `--import=${new URL('edge-on-faked-clock.ts', import.meta.url).href}`,
    },
    jump,
    nowMs: () => Date.now() + offsetMs,
  }
}
