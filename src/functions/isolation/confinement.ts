import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bounds, quotas } from '../quotas.ts'
import { publicPlaces } from './public-places.ts'

/** What this machine can do to keep functions apart. Said to the operator once, at the start. */
export interface Platform {
  /** Redoubt runs as root: every environment has a user id of its own. */
  readonly ownUser: boolean
  /** `prlimit` and `setpriv` (util-linux): the kernel's limits, no new privileges, and an end with the server. */
  readonly limits: boolean
  /** `unshare`: /tmp and /opt are the environment's own, and it sees no process but its own. */
  readonly namespaces: boolean
  /** Folders in which everybody may make files, and functions may not: where they have namespaces. */
  readonly readOnly?: readonly string[]
}

const run = promisify(execFile)

async function works(file: string, ...args: readonly string[]): Promise<boolean> {
  try {
    await run(file, args, { env: cleanEnvironment, timeout: 5_000 })
    return true
  } catch {
    return false // Whatever the reason: what does not work is not used.
  }
}

/** What the tools that confine a function find things by; nothing of Redoubt's own environment, nothing of the function's. */
export const cleanEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' } as const

/** Tries what this machine can confine functions by; what does not work is not relied on. */
export async function surveyPlatform(): Promise<Platform> {
  const ownUser = process.getuid?.() === 0
  const limits =
    (await works('prlimit', '--core=0', '--data=1073741824', '/bin/true')) &&
    (await works('setpriv', '--no-new-privs', dying, '/bin/true'))
  const namespaces = ownUser && limits && (await mountsWork([]))
  if (!namespaces) return { ownUser, limits, namespaces }
  const readOnly: string[] = []
  for (const place of await publicPlaces()) if (await mountsWork([place])) readOnly.push(place)
  return { ownUser, limits, namespaces, readOnly }
}

function mountsWork(readOnly: readonly string[]): Promise<boolean> {
  return works('unshare', ...unshared, '/bin/sh', '-c', mounts(readOnly), 'sh', '/var/tmp', '/var/tmp')
}

/** The script that gives a process its own /tmp ($1), /opt ($2) and /proc. Its own /tmp comes first: it may lie in a place that is then closed. */
function mounts(readOnly: readonly string[]): string {
  const close = readOnly.map((place) => `mount --rbind -o ro ${quoted(place)} ${quoted(place)}`)
  return ['mount --bind "$1" /tmp', 'mount --bind "$2" /opt', ...close, 'mount -t proc proc /proc'].join(
    ' && ',
  )
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const unshared = ['--mount', '--propagation', 'private', '--pid', '--ipc', '--fork', '--kill-child']

/** Of `setpriv`: a process ends when the one that began it does, in whatever way: no function outlives its server. */
const dying = '--pdeathsig=KILL'

interface Confined {
  readonly platform: Platform
  /** Where `platform.ownUser`. */
  readonly user: number
  readonly group: number
  /** The folders that become /tmp and /opt, where they can. */
  readonly tmp: string
  readonly opt: string
  readonly memoryMiB: number
  readonly storageMiB: number
  readonly command: readonly string[]
}

/** A program with its arguments, and what `spawn` is told. */
interface Launch {
  readonly file: string
  readonly args: readonly string[]
  readonly user: { readonly uid?: number; readonly gid?: number }
}

/**
 * Reads the function's environment from descriptor 3 and becomes the function. It runs as the function's user already: a variable such as
 * LD_PRELOAD must not reach a program that still is root, and arguments can be read by everybody.
 */
const becomeFunction = 'eval "$(cat <&3)"; exec 3<&-; exec "$@"'

/** How a function's process is started so that its limits hold before its first instruction. */
export function confine(confined: Confined): Launch {
  const { platform, user, group, tmp, opt, memoryMiB, storageMiB, command } = confined
  const becoming = ['/bin/sh', '-c', becomeFunction, 'sh', ...command]
  const mebibyte = 1024 * 1024
  if (!platform.limits) {
    const limits = `ulimit -c 0; ulimit -n ${quotas.openFiles}; ulimit -f ${storageMiB * 2048}; exec "$@"`
    return {
      file: '/bin/sh',
      args: ['-c', limits, 'sh', ...becoming],
      user: platform.ownUser ? { uid: user, gid: group } : {},
    }
  }
  const limits = [
    'prlimit',
    '--core=0',
    `--nofile=${quotas.openFiles}`,
    `--fsize=${storageMiB * mebibyte}`,
    `--data=${memoryMiB * mebibyte + bounds.memoryHeadroom}`,
    // Processes are counted by user: without one of its own, a function would be refused for what its operator runs.
    ...(platform.ownUser ? [`--nproc=${quotas.processes}`] : []),
    // Redoubt itself comes first where the processor is short.
    'nice',
    '-n',
    '10',
    'setpriv',
    '--no-new-privs',
    dying,
    ...(platform.ownUser
      ? [`--reuid=${user}`, `--regid=${group}`, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all']
      : []),
    ...becoming,
  ]
  if (!platform.namespaces) return { file: '/usr/bin/env', args: limits, user: {} }
  const script = `${mounts(platform.readOnly ?? [])} || exit 126; shift 2; exec "$@"`
  return {
    file: 'setpriv',
    args: [dying, 'unshare', ...unshared, '/bin/sh', '-c', script, 'sh', tmp, opt, ...limits],
    user: {},
  }
}

/** Variables as a text for the shell; names that are none are left out. */
export function shellExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .filter(([name, value]) => /^[A-Za-z_]\w*$/.test(name) && !value.includes('\0'))
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('')
}
