import { join } from 'node:path'

/** What a run of tests loads before each of its processes, so that they start sooner. */
export const ownModules = new URL('set-up/own-modules.ts', import.meta.url).href

/**
 * `redoubt` from this tree's sources: the program, and its parameters before the command's own. Who was not started with `ownModules`, as benchmarks and
 * drills, starts it as everybody does.
 */
export const redoubtProgram: readonly [program: string, ...parameters: string[]] = [
  process.execPath,
  ...(process.execArgv.includes(ownModules) ? ['--import', ownModules] : []),
  join(import.meta.dirname, '../src/cli/redoubt.ts'),
]
