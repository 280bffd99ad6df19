import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { redoubtProgram } from './redoubt-program.ts'

/** What a caller signs with. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What ends what was made for it: a test, or a drill. */
export type Lifetime = {
  readonly after: (end?: () => unknown) => void
  readonly diagnostic: (message: string) => void
}

/** How a server under test runs. Default: a normal start, one worker, a new data directory. */
export interface ServerOptions {
  readonly dev?: boolean
  readonly workers?: number
  /** Default: a new one. Whoever names one removes it. */
  readonly directory?: string
  /** Values of `--principal`. */
  readonly principals?: readonly string[]
  /** Further options of `redoubt serve`. */
  readonly flags?: readonly string[]
  /** Default: this tree's `redoubt`, run from its source. */
  readonly command?: readonly [program: string, ...string[]]
  readonly environment?: Readonly<Record<string, string>>
}

/** A server that runs as a process of its own, on a free port. */
export interface TestServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly directory: string
  /** With `dev` test/test; else the administrator that the first start showed; none on a later start. */
  readonly administrator: Credentials | undefined
  /** The root user that the first start showed. */
  readonly root: Credentials | undefined
  /** What it logged: one line of JSON an event. */
  logged(): string
  /** Ends it as an operator does; gives its exit code. */
  stop(): Promise<number | null>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
}

const readyMsMax = 30_000
const stopMsMax = 15_000

/**
 * Starts a server for one test: it ends with the test, and what it printed is shown when the test failed. A bug that it logged
 * fails the test, whatever was answered.
 */
export async function serverFor(t: Lifetime, options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options)
  t.after(async () => {
    await server.kill()
    if (options.directory === undefined) rmSync(server.directory, { recursive: true, force: true })
    // Node has it since 21.7; its types do not.
    if ('passed' in t && t.passed === false) t.diagnostic(`the server logged:\n${server.logged()}`)
    const bugs = server
      .logged()
      .split('\n')
      .filter((line) => line.includes('"event":"bug"'))
    if (bugs.length === 0) return
    // Not thrown: that would skip the hooks that end other processes. The file fails by its exit code.
    t.diagnostic(`the server logged bugs:\n${bugs.join('\n')}`)
    process.exitCode = 1
  })
  return server
}

/** A new, empty directory that goes with the test. */
export function directoryFor(t: Pick<Lifetime, 'after'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Starts a server and waits until it is ready. The caller ends it. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const { dev = false, workers = 1, principals = [], flags = [], environment = {} } = options
  const [program, ...parameters] = options.command ?? redoubtProgram
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'redoubt-test-'))
  const own = ['--port', '0', '--data', directory, '--workers', String(workers)]
  const further = principals.flatMap((principal) => ['--principal', principal])
  const child = spawn(
    program,
    [...parameters, 'serve', ...own, ...(dev ? ['--dev'] : []), ...further, ...flags],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nothing of the machine's own AWS configuration.
      env: { PATH: process.env['PATH'], HOME: directory, ...environment },
    },
  )
  const endWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))

  let [printed, logged] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    logged += text
  })
  const exited = once(child, 'exit')
  const url = await ready(
    child,
    () => printed,
    () => logged,
  )
  assert.ok(child.pid !== undefined, 'a process that is ready has an id')

  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid,
    directory,
    administrator: dev ? devAdministrator : shown(printed, 'administrator'),
    root: shown(printed, 'root user'),
    logged: () => logged,
    async stop() {
      child.kill('SIGTERM')
      await Promise.race([exited, sleep(stopMsMax, undefined, { ref: false })])
      if (isRunning(child)) await end(child)
      return child.exitCode
    },
    kill: () => end(child),
  }
}

/** The administrator that everybody knows, of account 000000000000. */
export const devAdministrator: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** The server's administrator, which the first start showed. */
export function administratorOf({ administrator }: TestServer): Credentials {
  assert.ok(administrator, 'the first start shows an administrator')
  return administrator
}

async function ready(child: ChildProcess, printed: () => string, logged: () => string): Promise<string> {
  const giveUpAtMs = performance.now() + readyMsMax
  while (performance.now() < giveUpAtMs) {
    assert.ok(isRunning(child), `the server ended with exit code ${child.exitCode}:\n${logged()}`)
    const url = /Redoubt is ready on (?<url>http:\S+)/.exec(printed())?.groups?.['url']
    if (url !== undefined) {
      const { status } = await fetch(`${url}/_redoubt/health`)
      assert.equal(status, 200, 'a server that says it is ready is')
      return url
    }
    await sleep(10)
  }
  await end(child)
  throw new Error(`the server was not ready within ${readyMsMax} ms:\n${logged()}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

/** Reads credentials out of what the first start prints for people. */
function shown(printed: string, whose: 'administrator' | 'root user'): Credentials | undefined {
  const form = new RegExp(`${whose} +access key id +(?<id>\\S+)\\n.*secret access key +(?<secret>\\S+)`)
  const { id, secret } = form.exec(printed)?.groups ?? {}
  return id === undefined || secret === undefined ? undefined : { accessKeyId: id, secretAccessKey: secret }
}
