// Loaded into a server before its own program (`--import`): processes of the edge, which are started without an environment, are given what makes
// them go by the server's faked clock, and nothing else.
import childProcess, { type ForkOptions } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

const { fork } = childProcess
const clock = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name === 'LD_PRELOAD' || name.startsWith('FAKETIME_')),
)
Object.assign(childProcess, {
  fork: (entry: string, words: readonly string[], options: ForkOptions) =>
    fork(entry, words, { ...options, env: { ...options.env, ...clock } }),
})
syncBuiltinESMExports()
