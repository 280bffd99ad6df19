import { join } from 'node:path'
import type { FunctionSpec } from '../function-spec.ts'
import type { Platform } from '../isolation/confinement.ts'
import type { Interpreter } from './runtimes.ts'

interface Given {
  readonly interpreter: Interpreter
  readonly spec: FunctionSpec
  /** Where the bootstrap programs lie. */
  readonly folder: string
  readonly task: string
  readonly opt: string
  readonly tmp: string
  readonly platform: Platform
}

/** The command that becomes the function. */
export function interpreterArguments(given: Given): readonly string[] {
  const { interpreter, spec, folder } = given
  if (interpreter.language === 'python') return [interpreter.file, join(folder, 'redoubt_bootstrap.py')]
  const heapMiB = Math.max(64, Math.floor(spec.memoryMiB * 0.9))
  return [
    interpreter.file,
    `--max-old-space-size=${heapMiB}`,
    '--no-warnings',
    ...permissions(given),
    join(folder, 'redoubt_bootstrap.mjs'),
  ]
}

/**
 * Node's own permissions, where no user of its own keeps the function from Redoubt's files. They would break programs that start others,
 * so they are not used where the kernel does better.
 */
function permissions({ platform, folder, task, opt, tmp }: Given): readonly string[] {
  if (platform.ownUser) return []
  const read = [join(folder, 'redoubt_bootstrap.mjs'), `${task}/*`, `${opt}/*`, `${tmp}/*`]
  return ['--permission', ...read.map((path) => `--allow-fs-read=${path}`), `--allow-fs-write=${tmp}/*`]
}
