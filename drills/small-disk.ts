// A file system of its own that a drill fills, empties and makes read-only: a tmpfs, which root alone mounts.
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lifetime } from '../test/server.ts'
import { cannot } from './drill.ts'

/** Where a server has its data, and what becomes of the disk below it. */
export interface SmallDisk {
  readonly directory: string
  /** Takes all room that is left. */
  readonly fill: () => void
  readonly empty: () => void
  readonly mount: (how: 'ro' | 'rw') => void
}

export function smallDisk(t: Lifetime, mebibytes: number): SmallDisk {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') cannot('a tmpfs is mounted by root on Linux')
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', directory])
  t.after(() => {
    execFileSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true })
  })
  const ballast = join(directory, 'ballast')
  return {
    directory,
    fill() {
      const file = openSync(ballast, 'w')
      try {
        // Pieces of a page at last: whoever writes beside has what this leaves.
        for (const bytes of [2 ** 20, 2 ** 12]) {
          const piece = Buffer.alloc(bytes)
          while (wrote(file, piece));
        }
      } finally {
        closeSync(file)
      }
    },
    empty: () => rmSync(ballast),
    mount: (how) => void execFileSync('mount', ['-o', `remount,${how}`, directory]),
  }
}

function wrote(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) === piece.length
  } catch {
    return false // Full, which is what is wanted.
  }
}
