import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Contender, contender, freePort, type Made } from '../http/contenders.ts'
import { configureNginx } from './nginx.ts'

// What stands beside Redoubt's edge: proxies without and with a web application firewall, each before the same origin.

export const forwarderName = 'node:net, bytes handed on'
export const undiciName = 'node:http + undici'
export const goName = 'Go ReverseProxy'
export const corazaName = 'Go + Coraza 3.8.1 + CRS 4.25'
const nginxName = 'nginx'
export const modsecurityName = 'nginx + ModSecurity + CRS 3.3'

const startMsMax = 20_000

/** The origin: it is no contender, as its CPU time is nobody's. */
export function startOrigin(): Promise<Contender> {
  return script('origin', 'origin.ts')
}

export const forwarder = (origin: number): Promise<Contender> =>
  script(forwarderName, 'forwarder.ts', String(origin))

export const undiciProxy = (origin: number): Promise<Contender> =>
  script(undiciName, 'undici-proxy.ts', String(origin))

function script(name: string, file: string, ...parameters: readonly string[]): Promise<Contender> {
  return listening(name, process.execPath, [join(import.meta.dirname, file), ...parameters])
}

/** Builds the Go peers once, and starts the one with or without Coraza. */
export async function goProxies(
  origin: number,
): Promise<readonly (Contender | { readonly missing: string })[]> {
  const folder = await mkdtemp(join(tmpdir(), 'redoubt-edge-go-'))
  const program = join(folder, 'edge-go')
  try {
    await promisify(execFile)('go', ['build', '-o', program, '.'], {
      cwd: join(import.meta.dirname, '../peers/edge-go'),
      timeout: 600_000,
    })
    return [
      await listening(goName, program, ['-origin', String(origin)]),
      await listening(corazaName, program, ['-origin', String(origin), '-waf']),
    ]
  } catch (reason) {
    const why = reason instanceof Error ? reason.message.split('\n')[0] : 'unknown'
    return [{ missing: `Go's peers did not build: ${why}` }]
  } finally {
    // A running program needs its file no more.
    await rm(folder, { recursive: true, force: true })
  }
}

/** Starts nginx, plain or with ModSecurity. */
export async function nginx(origin: number, guarded: boolean): Promise<Made> {
  const port = await freePort()
  const configured = configureNginx(port, origin, guarded)
  if ('missing' in configured) return configured
  const child = spawn(configured.program, [...configured.parameters], { stdio: 'ignore' })
  const name = guarded ? modsecurityName : nginxName
  const made = contender(name, child, port)
  for (let waited = 0; waited < startMsMax; waited += 100) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)
    if (answer) break
    await sleep(100)
  }
  return {
    ...made,
    async end() {
      // Its worker ends with it only when it is asked to.
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      configured.discard()
    },
  }
}

async function listening(name: string, program: string, parameters: readonly string[]): Promise<Contender> {
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string] // Its one line.
  return contender(name, child, Number(/\d+/.exec(line)?.[0]))
}
