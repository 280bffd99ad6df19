import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { databaseFile } from '#core/database-file.ts'
import { probe, type Probed } from '#core/ports.ts'
import { systemWorld } from '#core/world.ts'
import { findWorkplace, surveyPlatform } from '#functions/index.ts'
import { readNotedDamage } from '#telemetry/index.ts'
import { askStatus } from './control-client.ts'
import type { ServerStatus } from './server-status.ts'
import { version } from './version.ts'

/** What `redoubt doctor` was told. */
export interface DoctorOptions {
  readonly data: string
  readonly json: boolean
}

/** One thing that was looked at. `fail` keeps a server from starting, or its data from being safe; `warn` limits what it can do. */
export interface Finding {
  readonly check: string
  readonly level: 'ok' | 'warn' | 'fail'
  /** What was found, and what to do about it. */
  readonly told: string
}

/** What doctor asks of the machine beyond the files of the data directory, so that a test can answer for a broken one. */
export interface Machine {
  readonly node: string
  readonly nowMs: () => number
  /** What the server of a directory says of itself. */
  readonly server: (directory: string) => Promise<ServerStatus | undefined>
  readonly mayWrite: (directory: string) => boolean
  /** Units: bytes. */
  readonly free: (place: string) => number
  readonly probe: (port: number) => Promise<Probed>
  /** What keeps functions apart. */
  readonly platform: typeof surveyPlatform
  /** The folder that functions get. */
  readonly workplace: () => Promise<string | undefined>
  /** What a program says of its version; undefined where it is not there. */
  readonly versionOf: (program: string) => string | undefined
}

export const thisMachine: Machine = {
  node: process.versions.node,
  nowMs: () => systemWorld().nowMs(),
  server: askStatus,
  mayWrite(directory) {
    try {
      accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
      return true
    } catch {
      return false
    }
  },
  free(place) {
    const { bavail, bsize } = statfsSync(place)
    return bavail * bsize
  },
  probe: (port) => probe('127.0.0.1', port),
  platform: surveyPlatform,
  workplace: () => findWorkplace(),
  versionOf(name) {
    try {
      return execFileSync(name, ['--version'], {
        encoding: 'utf8',
        timeout: 10_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim()
    } catch {
      return undefined
    }
  },
}

type Told = Omit<Finding, 'check'>

const ok = (told: string): Told => ({ level: 'ok', told })
const warn = (told: string): Told => ({ level: 'warn', told })
const fail = (told: string): Told => ({ level: 'fail', told })

/** Prints what a server needs of this machine, and whether it is there. Sets the exit code 1 where something fails. */
export async function examine({ data, json }: DoctorOptions): Promise<void> {
  const findings = await look(resolve(data), thisMachine)
  if (json) console.log(JSON.stringify(findings, undefined, 2))
  else
    for (const { check, level, told } of findings)
      console.log(`${level.padEnd(5)} ${check.padEnd(15)} ${told}`)
  if (findings.some(({ level }) => level === 'fail')) process.exitCode = 1
}

/** Looks at what a server of a directory needs of a machine. */
export async function look(directory: string, machine: Machine): Promise<readonly Finding[]> {
  const running = await machine.server(directory).catch(() => undefined)
  const checks: Readonly<Record<string, () => Told | Promise<Told>>> = {
    versions: () => versions(machine),
    server: () =>
      ok(running ? `runs on ${running.url}, version ${running.version}` : 'none runs on the directory'),
    'data directory': () => directoryOf(directory, machine),
    'root key': () => rootKey(directory),
    'damaged records': () => damage(directory),
    disk: () => disk(directory, machine),
    clock: () => clock(directory, machine),
    ...Object.fromEntries(
      [4566, 8080, 8443].map((port) => [`port ${port}`, () => portOf(port, running, machine)]),
    ),
    functions: () => isolation(machine),
    python: () => program('python3', 'functions in Python', machine),
    npm: () => program('npm', 'redoubt geo update', machine),
  }
  const findings: Finding[] = []
  for (const [check, examineIt] of Object.entries(checks)) findings.push({ check, ...(await examineIt()) })
  return findings
}

function versions({ node }: Machine): Told {
  const said = `Redoubt ${version}, Node ${node}, SQLite ${process.versions['sqlite'] ?? 'of Node'}`
  return Number(node.split('.')[0]) >= 24 ? ok(said) : fail(`${said}: install Node 24 or later`)
}

function directoryOf(directory: string, machine: Machine): Told {
  if (!existsSync(directory)) return ok(`${directory} is made by the first start`)
  const { mode, uid } = statSync(directory)
  if (existsSync(join(directory, 'restore-unfinished')))
    return fail(`a restore into ${directory} was cut off: remove the directory, and restore again`)
  if (!machine.mayWrite(directory))
    return fail(`${directory} belongs to user ${uid}, and this one may not write there: run as that user`)
  if ((mode & 0o077) !== 0) return warn(`others may enter ${directory}: run chmod 700 on it`)
  return ok(`${directory} is for its owner alone`)
}

function rootKey(directory: string): Told {
  const path = join(directory, 'root.key')
  const noted = existsSync(join(directory, 'root-key.json'))
  if (!noted && existsSync(join(directory, databaseFile)))
    return fail(
      'root-key.json is missing beside data, which no server serves without it: put it back from a backup',
    )
  if (!existsSync(path))
    return ok(noted ? 'comes from elsewhere than root.key: the server is told' : 'is made by the first start')
  if ((statSync(path).mode & 0o077) !== 0) return fail(`others may read ${path}: run chmod 600 on it`)
  return ok(`${path} is for its owner alone; keep a copy apart`)
}

function damage(directory: string): Told {
  const [first, ...others] = readNotedDamage(directory)
  if (!first) return ok('none were met; redoubt verify looks for them')
  const more = others.length > 0 ? `, and ${others.length} more` : ''
  return warn(
    `${first.file} at byte ${first.at}${more} were passed over: is the disk failing? Look with redoubt verify; restore the files, and remove telemetry/damaged.jsonl`,
  )
}

/** Below the first nothing is safe to be written for long. Units: bytes. */
const [freeMin, freeWarn] = [256 * 1024 ** 2, 2 * 1024 ** 3]

function disk(directory: string, machine: Machine): Told {
  const free = machine.free(placeOf(directory))
  const said = `${(free / 1024 ** 3).toFixed(1)} GiB are free`
  if (free < freeMin) return fail(`${said}: calls that change something will fail; make room`)
  return free < freeWarn ? warn(`${said}: telemetry alone may take more; make room`) : ok(said)
}

/** Signatures are valid for five minutes around the server's clock; what the disk says may be another machine's. Units: milliseconds. */
const skewMsMax = 2_000

function clock(directory: string, { nowMs }: Machine): Told {
  const place = placeOf(directory)
  const trial = join(place, `.redoubt-doctor-${process.pid}`)
  const year = new Date(nowMs()).getUTCFullYear()
  if (year < 2025) return fail(`the clock says ${year}: set it, or every signature is refused`)
  try {
    writeFileSync(trial, '', { flag: 'wx' })
    const skewMs = Math.abs(statSync(trial).mtimeMs - nowMs())
    rmSync(trial)
    return skewMs > skewMsMax
      ? warn(
          `the disk's clock differs by ${Math.round(skewMs)} ms: is it another machine's, and which is right?`,
        )
      : ok('agrees with the disk; whether it agrees with callers, nobody can tell from here')
  } catch {
    return warn(`nothing can be written in ${place} to compare it with`)
  }
}

function placeOf(directory: string): string {
  return existsSync(directory) ? directory : placeOf(dirname(directory))
}

async function portOf(port: number, running: ServerStatus | undefined, machine: Machine): Promise<Told> {
  const probed = await machine.probe(port)
  if (!('error' in probed)) return ok('is free')
  const urls = running ? [running.url, ...running.listeners.flatMap(({ urls: each }) => each)] : []
  if (urls.some((url) => Number(new URL(url).port) === port)) return ok('is in use by the server')
  return warn(`cannot be had (${probed.error}): end what listens there, or choose another`)
}

async function isolation(machine: Machine): Promise<Told> {
  if ((await machine.workplace()) === undefined)
    return warn('cannot be made: they need a folder in /var/tmp or /tmp; make one of these writable')
  const { ownUser, limits, namespaces } = await machine.platform()
  const missing = [
    ...(ownUser ? [] : ['users of their own (needs root)']),
    ...(limits ? [] : ["the kernel's limits (needs prlimit and setpriv of util-linux)"]),
    ...(namespaces ? [] : ['namespaces (needs root and unshare)']),
  ]
  return missing.length === 0
    ? ok('have users, limits and namespaces of their own')
    : warn(`lack ${missing.join(', ')}: run only code that you trust as much as the server`)
}

function program(name: string, use: string, { versionOf }: Machine): Told {
  const said = versionOf(name)
  return said === undefined ? warn(`is not there: ${use} needs it; install ${name}`) : ok(said)
}
