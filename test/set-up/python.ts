import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder with a Python of its own and the packages of one requirements file. */
export interface PythonEnvironment {
  /** Absolute path of the folder; git ignores it. */
  readonly directory: string
  /** Absolute path of the file of pinned packages. */
  readonly requirements: string
}

/** The programs in a ready environment, or why there is none. */
export type PythonPrograms =
  | { readonly ready: true; readonly python: string; program(name: string): string }
  | { readonly ready: false; readonly why: string }

/** The AWS CLI and boto3 of the tests. */
export const pythonClients: PythonEnvironment = {
  directory: join(import.meta.dirname, '../../.venv'),
  requirements: join(import.meta.dirname, 'requirements.txt'),
}

/** Agents that send logs: watchtower. Apart from the clients, whose versions they need not share. */
export const logAgents: PythonEnvironment = {
  directory: join(import.meta.dirname, '../../.venv-log-agents'),
  requirements: join(import.meta.dirname, 'log-agents.txt'),
}

/** How long an installation may take. Units: milliseconds. */
const installMsMax = 10 * 60_000

/** Looks for an environment, without making one. */
export function findPython(environment: PythonEnvironment): PythonPrograms {
  const { directory } = environment
  const marker = markerFile(environment)
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== fingerprint(environment)) {
    return {
      ready: false,
      why: 'the Python clients are not installed (npm test installs them, or says why it cannot)',
    }
  }
  const program = (name: string): string => join(directory, 'bin', name)
  return { ready: true, python: program('python'), program }
}

/** Makes an environment unless it is there, once for a state of its requirements. Needs Python 3 and PyPI. */
export function installPython(environment: PythonEnvironment): PythonPrograms {
  const found = findPython(environment)
  if (found.ready) return found
  const { directory, requirements } = environment
  const base = process.env['PYTHON'] ?? 'python3'
  const steps: readonly (readonly [command: string, ...string[]])[] = [
    [base, '-m', 'venv', '--clear', directory],
    [
      join(directory, 'bin/python'),
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      requirements,
    ],
  ]
  for (const [command, ...parameters] of steps) {
    const { error, status, stderr } = spawnSync(command, parameters, {
      encoding: 'utf8',
      timeout: installMsMax,
    })
    if (error || status !== 0) return { ready: false, why: whyNot(command, parameters, error ?? stderr) }
  }
  // Written last: an installation that was cut off is begun anew.
  writeFileSync(markerFile(environment), fingerprint(environment))
  return findPython(environment)
}

function whyNot(command: string, parameters: readonly string[], problem: Error | string): string {
  const said = typeof problem === 'string' ? (problem.trim().split('\n').at(-1) ?? '') : problem.message
  return `'${command} ${parameters.slice(0, 2).join(' ')}' failed: ${said || 'it said nothing'}`
}

function markerFile({ directory }: PythonEnvironment): string {
  return join(directory, 'installed')
}

function fingerprint({ requirements }: PythonEnvironment): string {
  return hash('sha256', readFileSync(requirements))
}
