import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cleanEnvironment } from '../isolation/confinement.ts'

/** The runtimes that can be served, where the machine has the interpreter. Source: Lambda Developer Guide, "Lambda runtimes". */
export const runtimeNames = [
  'nodejs18.x',
  'nodejs20.x',
  'nodejs22.x',
  'nodejs24.x',
  'python3.9',
  'python3.10',
  'python3.11',
  'python3.12',
  'python3.13',
  'python3.14',
] as const
export type RuntimeName = (typeof runtimeNames)[number]

/** Whether a runtime's name is one of those that can be served. */
export function isRuntimeName(name: string): name is RuntimeName {
  return (runtimeNames as readonly string[]).includes(name)
}

export interface Interpreter {
  readonly language: 'nodejs' | 'python'
  readonly file: string
  /** `3.11.2`. */
  readonly version: string
}

/** What runs a runtime on this machine. */
export type Runtimes = ReadonlyMap<RuntimeName, Interpreter>

const run = promisify(execFile)

/**
 * Finds what the machine has: Node is the one that runs Redoubt; Python is looked for where every user can reach it.
 * Differs: a runtime is served by an interpreter of its version or a newer one, so that functions of nodejs20.x run in Node 24; an
 * older interpreter serves none.
 */
export async function findRuntimes(node: string): Promise<Runtimes> {
  const found = new Map<RuntimeName, Interpreter>()
  const pythons = await Promise.all(pythonCandidates.map(pythonAt))
  for (const name of runtimeNames) {
    const [, language = '', version = ''] = /^(nodejs|python)([\d.]+?)(?:\.x)?$/.exec(name) ?? []
    if (language === 'nodejs') {
      const ours = process.versions.node
      if (minorOf(ours, 1) >= minorOf(version, 1))
        found.set(name, { language: 'nodejs', file: node, version: ours })
      continue
    }
    const python = pythons.find((one) => one !== undefined && minorOf(one.version, 2) >= minorOf(version, 2))
    if (python) found.set(name, python)
  }
  return found
}

const pythonCandidates = ['/usr/local/bin/python3', '/usr/bin/python3']

async function pythonAt(file: string): Promise<Interpreter | undefined> {
  try {
    const { stdout } = await run(file, ['-c', 'import platform; print(platform.python_version())'], {
      env: cleanEnvironment,
      timeout: 5_000,
    })
    return { language: 'python', file, version: stdout.trim() }
  } catch {
    return undefined // It is not there, or does not run.
  }
}

/** `3.11.2` by its first two numbers as 3011. */
function minorOf(version: string, numbers: number): number {
  return version
    .split('.')
    .slice(0, numbers)
    .reduce((sum, part) => sum * 1000 + Number(part), 0)
}
