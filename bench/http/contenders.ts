import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { administratorOf, type Credentials, startServer } from '../../test/server.ts'
import { installPython, type PythonEnvironment } from '../../test/set-up/python.ts'

/** A server under load. */
export interface Contender {
  readonly name: string
  readonly port: number
  readonly pid: number
  readonly credentials: Credentials
  end(): Promise<void>
}

/** A contender that started, or why it did not. */
export type Made = Contender | { readonly missing: string }

/** Starts Redoubt on a new data directory, as anybody would. */
export async function redoubt(workers: number): Promise<Contender> {
  const server = await startServer({ workers })
  const credentials = administratorOf(server)
  const name = `redoubt, ${workers === 1 ? '1 worker' : `${workers} workers`}`
  return { name, port: server.port, pid: server.pid, credentials, end: () => server.kill() }
}

const anyCredentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }

export const bareName = 'bare node:http'
export const arithmeticName = 'node:http + SigV4 sums'
export const sealingName = 'node:http + SigV4 sums + AES-GCM'

/** Starts the bare node:http server. */
export function bare(): Promise<Contender> {
  return yardstick(bareName, 'hello.ts')
}

/** Starts the node:http server that computes what verifying a signature takes, and nothing else. */
export function sigv4Arithmetic(): Promise<Contender> {
  return yardstick(arithmeticName, 'sigv4-arithmetic.ts', anyCredentials.secretAccessKey)
}

/** Starts the node:http server that computes the same and encrypts what it was sent. */
export function sealingArithmetic(): Promise<Contender> {
  return yardstick(sealingName, 'encrypt-arithmetic.ts', anyCredentials.secretAccessKey)
}

async function yardstick(name: string, file: string, ...parameters: readonly string[]): Promise<Contender> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string] // Its one line.
  return contender(name, child, Number(/\d+/.exec(line)?.[0]))
}

const motoEnvironment: PythonEnvironment = {
  directory: join(import.meta.dirname, '../peers/moto/.venv'),
  requirements: join(import.meta.dirname, '../peers/moto/requirements.txt'),
}

/** Starts moto's server, without its enforcement, which would cost it more; says why it cannot. */
export async function moto(): Promise<Made> {
  const python = installPython(motoEnvironment)
  if (!python.ready) return { missing: `moto: ${python.why}` }
  const port = await freePort()
  const child = spawn(python.program('moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  })
  for (let attempt = 0; attempt < 300; attempt += 1) {
    assert.equal(child.exitCode, null, 'moto runs')
    const answer = await fetch(`http://127.0.0.1:${port}/moto-api/data.json`).catch(() => undefined)
    if (answer) return contender('moto 5.2.5', child, port)
    await sleep(100)
  }
  child.kill('SIGKILL')
  return { missing: 'moto did not start within 30 s' }
}

/** A contender that runs as a process of its own, and ends with it. */
export function contender(name: string, child: ChildProcess, port: number): Contender {
  assert.ok(child.pid !== undefined, 'a process that listens has an id')
  const end = async (): Promise<void> => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  return { name, port, pid: child.pid, credentials: anyCredentials, end }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  assert.ok(typeof address === 'object' && address, 'it listens on TCP')
  return address.port
}
