// A file system of its own (ext4 in a file, which root alone mounts) that a drill fills, empties, lets fail and makes read-only, and a server under
// load on it.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../test/clients/client.ts'
import { until } from '../test/clients/edge-rig.ts'
import { sdk } from '../test/clients/sdk.ts'
import { administratorOf, type Lifetime, serverFor, type TestServer } from '../test/server.ts'
import { cannot } from './drill.ts'
import { type Ask, guardedEdge } from './guarded-edge.ts'
import { Acknowledged, type Load, startLoad } from './load.ts'
import { flags, type Place, placeOn } from './place.ts'

/** Units: MiB. */
export const diskMiB = 192

/** Where a server has its data, and what becomes of the disk below it. */
export interface SmallDisk {
  readonly directory: string
  /** Takes all room that is left. */
  readonly fill: () => void
  readonly empty: () => void
  /** The kernel gives the file system up, as after an error of the disk: it is read-only from now on, whatever is open for writing. */
  readonly fail: () => void
  /** Takes it away once nobody has anything open, repairs it, and brings it back. */
  readonly repair: () => Promise<void>
  /** Where nothing is open for writing. */
  readonly mount: (how: 'ro' | 'rw') => void
}

export function smallDisk(t: Lifetime): SmallDisk {
  if (process.getuid?.() !== 0 || process.platform !== 'linux')
    cannot('a file system is mounted by root on Linux: run the drill as root')
  if (!existsSync('/dev/loop-control'))
    cannot('a file system in a file needs loop devices, which are missing here')
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-disk-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const [image, directory] = [join(folder, 'image'), join(folder, 'disk')]
  mkdirSync(directory)
  writeFileSync(image, '')
  truncateSync(image, diskMiB * 2 ** 20)
  if (!worked('mkfs.ext4', '-q', '-F', '-m', '0', image))
    cannot('mkfs.ext4 is missing: apt-get install e2fsprogs')
  const mounted = (): boolean => worked('mount', '-o', 'loop', image, directory)
  if (!mounted()) cannot('this machine mounts no file system in a file')
  t.after(() => worked('umount', '-l', directory))
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
    fail() {
      worked('mount', '-o', 'remount,abort', directory) // It says that it failed, which is what is wanted.
      try {
        writeFileSync(ballast, '')
      } catch {
        return
      }
      cannot('this kernel gives up no file system when it is told to (mount -o remount,abort)')
    },
    async repair() {
      const gone = (): Promise<boolean> => Promise.resolve(worked('umount', directory))
      await until(10_000, gone, Boolean)
      worked('e2fsck', '-f', '-y', image) // Its exit code says what it mended.
      if (!mounted()) throw new Error('the repaired file system is not mounted')
    },
    mount: (how) => void execFileSync('mount', ['-o', `remount,${how}`, directory]),
  }
}

/** A server on a small disk, with an edge, and writers that have been at work for a second. */
export interface Loaded {
  readonly disk: SmallDisk
  readonly server: TestServer
  readonly place: Place
  readonly client: Client
  readonly ask: Ask
  readonly told: Acknowledged
  readonly load: Load
}

export async function loadOnSmallDisk(t: Lifetime): Promise<Loaded> {
  const disk = smallDisk(t)
  const server = await serverFor(t, { directory: disk.directory, workers: 2, flags })
  const place = await placeOn(t, server)
  const client = sdk(t, server.url)
  const { ask } = await guardedEdge(t, server, client, administratorOf(server))
  const told = new Acknowledged()
  const load = startLoad(client, place, told, 'disk')
  await sleep(1_000)
  return { disk, server, place, client, ask, told, load }
}

function worked(program: string, ...words: readonly string[]): boolean {
  try {
    execFileSync(program, words, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function wrote(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) === piece.length
  } catch {
    return false // Full, which is what is wanted.
  }
}
