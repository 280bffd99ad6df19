import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { probe } from '#core/ports.ts'
import { systemWorld } from '#core/world.ts'
import { surveyPlatform } from '#functions/index.ts'
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
interface Finding {
  readonly check: string
  readonly level: 'ok' | 'warn' | 'fail'
  /** What was found, and what to do about it. */
  readonly told: string
}

type Told = Omit<Finding, 'check'>

const ok = (told: string): Told => ({ level: 'ok', told })
const warn = (told: string): Told => ({ level: 'warn', told })
const fail = (told: string): Told => ({ level: 'fail', told })

/** Looks at what a server needs of this machine. Sets the exit code 1 where something fails. */
export async function examine({ data, json }: DoctorOptions): Promise<void> {
  const directory = resolve(data)
  const running = await askStatus(directory).catch(() => undefined)
  const checks: Readonly<Record<string, () => Told | Promise<Told>>> = {
    versions: () => versions(),
    server: () =>
      ok(running ? `runs on ${running.url}, version ${running.version}` : 'none runs on the directory'),
    'data directory': () => directoryOf(directory),
    'root key': () => rootKey(directory),
    'damaged records': () => damage(directory),
    disk: () => disk(directory),
    clock: () => clock(directory),
    ...Object.fromEntries([4566, 8080, 8443].map((port) => [`port ${port}`, () => portOf(port, running)])),
    functions: () => isolation(),
    python: () => program('python3', 'functions in Python'),
    npm: () => program('npm', 'redoubt geo update'),
  }
  const findings: Finding[] = []
  for (const [check, look] of Object.entries(checks)) findings.push({ check, ...(await look()) })
  if (json) console.log(JSON.stringify(findings, undefined, 2))
  else
    for (const { check, level, told } of findings)
      console.log(`${level.padEnd(5)} ${check.padEnd(15)} ${told}`)
  if (findings.some(({ level }) => level === 'fail')) process.exitCode = 1
}

function versions(): Told {
  const said = `Redoubt ${version}, Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? 'of Node'}`
  return Number(process.versions.node.split('.')[0]) >= 24
    ? ok(said)
    : fail(`${said}: Node 24 or later is needed`)
}

function directoryOf(directory: string): Told {
  if (!existsSync(directory)) return ok(`${directory} is made by the first start`)
  const { mode, uid } = statSync(directory)
  if (existsSync(join(directory, 'restore-unfinished')))
    return fail(`a restore into ${directory} was cut off: remove the directory, and restore again`)
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return fail(`${directory} belongs to user ${uid}, and this one may not write there: run as that user`)
  }
  if ((mode & 0o077) !== 0) return warn(`others may enter ${directory}: run chmod 700 on it`)
  return ok(`${directory} is for its owner alone`)
}

function rootKey(directory: string): Told {
  const path = join(directory, 'root.key')
  const noted = existsSync(join(directory, 'root-key.json'))
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

function disk(directory: string): Told {
  const { bavail, bsize } = statfsSync(placeOf(directory))
  const free = bavail * bsize
  const said = `${(free / 1024 ** 3).toFixed(1)} GiB are free`
  if (free < freeMin) return fail(`${said}: calls that change something will fail; make room`)
  return free < freeWarn ? warn(`${said}: telemetry alone may take more`) : ok(said)
}

/** Signatures are valid for five minutes around the server's clock; what the disk says may be another machine's. Units: milliseconds. */
const skewMsMax = 2_000

function clock(directory: string): Told {
  const place = placeOf(directory)
  const probe = join(place, `.redoubt-doctor-${process.pid}`)
  const year = new Date(systemWorld().nowMs()).getUTCFullYear()
  if (year < 2025) return fail(`the clock says ${year}: set it, or every signature is refused`)
  try {
    writeFileSync(probe, '', { flag: 'wx' })
    const skewMs = Math.abs(statSync(probe).mtimeMs - systemWorld().nowMs())
    rmSync(probe)
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

async function portOf(port: number, running: ServerStatus | undefined): Promise<Told> {
  const probed = await probe('127.0.0.1', port)
  if (!('error' in probed)) return ok('is free')
  const urls = running ? [running.url, ...running.listeners.flatMap(({ urls: each }) => each)] : []
  if (urls.some((url) => Number(new URL(url).port) === port)) return ok('is in use by the server')
  return warn(`cannot be had (${probed.error}): end what listens there, or choose another`)
}

async function isolation(): Promise<Told> {
  const { ownUser, limits, namespaces } = await surveyPlatform()
  const missing = [
    ...(ownUser ? [] : ['users of their own (needs root)']),
    ...(limits ? [] : ["the kernel's limits (needs prlimit and setpriv of util-linux)"]),
    ...(namespaces ? [] : ['namespaces (needs root and unshare)']),
  ]
  return missing.length === 0
    ? ok('have users, limits and namespaces of their own')
    : warn(`lack ${missing.join(', ')}: run only code that you trust as much as the server`)
}

function program(name: string, use: string): Told {
  try {
    const said = execFileSync(name, ['--version'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return ok(said.trim())
  } catch {
    return warn(`is not there: ${use} needs it`)
  }
}
