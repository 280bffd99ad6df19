import { open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CodeStore } from './code/code-store.ts'
import { createUnpackedCode, type UnpackedCode } from './code/unpacked-code.ts'
import { type Platform, surveyPlatform } from './isolation/confinement.ts'
import { coveredDescriptors } from './isolation/descriptors.ts'
import { keepFresh } from './isolation/keep-fresh.ts'
import { endLeftovers } from './isolation/processes.ts'
import { removeTree } from './isolation/remove-tree.ts'
import { takeUserIds, type UserIds } from './isolation/user-ids.ts'
import { makeWorkplace, reachableProgram } from './isolation/workplace.ts'
import { bounds } from './quotas.ts'
import { type RuntimeApi, startRuntimeApi } from './running/runtime-api.ts'
import { nodeBootstrap } from './runtimes/node-bootstrap.ts'
import { pythonBootstrap } from './runtimes/python-bootstrap.ts'
import { findRuntimes, type Runtimes } from './runtimes/runtimes.ts'

/** What is made once, before the first function runs. */
export interface Ground {
  readonly folder: string
  readonly platform: Platform
  readonly runtimes: Runtimes
  readonly api: RuntimeApi
  readonly users: UserIds
  readonly unpacked: UnpackedCode
  /** What a function has beyond the descriptors that it is given, as `spawn` takes it. */
  readonly covered: ReturnType<typeof coveredDescriptors>
  /** Keeps it from whoever removes what is old; to be called every day. */
  readonly refresh: () => Promise<void>
  /** Ends and removes all of it. */
  readonly undo: () => Promise<void>
}

interface Parts {
  readonly code: CodeStore
  /** The Node that runs Redoubt. */
  readonly node: string
  /** Where functions may live; the first that can be written to is taken. */
  readonly places?: readonly string[] | undefined
}

/** Makes it; of what fails half way, nothing is left. Faults: NoWorkplace; what the file system or the machine says. */
export async function layGround({ code, node: running, places }: Parts): Promise<Ground> {
  const made = new AsyncDisposableStack()
  try {
    const { folder, claims } = await makeWorkplace(places)
    made.defer(() => removeTree(folder))
    const node = await reachableProgram(running, folder)
    await writeFile(join(folder, 'redoubt_bootstrap.mjs'), nodeBootstrap, { mode: 0o644 })
    await writeFile(join(folder, 'redoubt_bootstrap.py'), pythonBootstrap, { mode: 0o644 })
    const [surveyed, runtimes] = await Promise.all([surveyPlatform(), findRuntimes(node)])
    // A /tmp of its own would hide a function's code from it.
    const platform = { ...surveyed, namespaces: surveyed.namespaces && !folder.startsWith('/tmp/') }
    const users: UserIds = platform.ownUser
      ? await takeUserIds(claims)
      : {
          first: process.getuid?.() ?? 0,
          count: bounds.environments * 2,
          isInherited: false,
          release: () => undefined,
        }
    made.defer(() => users.release())
    if (users.isInherited) await endLeftovers(users)
    const api = await startRuntimeApi()
    made.defer(() => api.close())
    const nothing = await open('/dev/null', 'r')
    made.defer(() => nothing.close())
    const covered = coveredDescriptors(nothing.fd)
    const unpacked = createUnpackedCode({
      folder,
      store: code,
      groups: { first: users.first + bounds.environments, count: users.count - bounds.environments },
      own: platform.ownUser,
    })
    const aging = [folder, ...(users.claim === undefined ? [] : [users.claim])]
    return {
      ...{ folder, platform, runtimes, api, users, unpacked, covered },
      refresh: async () => void (await Promise.all(aging.map(keepFresh))),
      undo: () => made.disposeAsync(),
    }
  } catch (error) {
    await made.disposeAsync()
    throw error
  }
}
