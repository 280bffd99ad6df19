import { publicAccess } from '#core/address-guard.ts'
import { noEdge } from '#core/edge-view.ts'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { noFunctions } from '#functions/index.ts'
import { createLog } from '#core/log.ts'
import { RootKeyCustody, type Rotation } from '#core/root-key-custody.ts'
import { loadRootKey, RootKeyError, type RootKeySource, rootKeysOf } from '#core/seal/index.ts'
import type { ResealProgress } from '#core/sealed-documents.ts'
import {
  checkDatabase,
  DamagedDatabase,
  databaseFile,
  DirectoryInUse,
  Head,
  lockDataDirectory,
  UnknownSchema,
} from '#core/store/index.ts'
import { findDeployment } from '#core/deployment.ts'
import { systemWorld } from '#core/world.ts'
import { askServer } from './control-client.ts'
import { isRotationRefusal } from './control-server.ts'
import { type NewSource, newSource, presentSource } from './root-key-sources.ts'

/** What `redoubt keys rotate-root` was told. */
export interface RotateOptions {
  readonly data: string
  readonly to?: NewSource
}

type OnProgress = (progress: ResealProgress) => void

/** Moves a data directory to a new root key, through its server where one runs. Sets the exit code 1 when it cannot. */
export async function rotateRoot(options: RotateOptions): Promise<void> {
  const directory = resolve(options.data)
  try {
    if (!existsSync(join(directory, databaseFile)))
      throw new RootKeyError(`${directory} is no data directory: name it with --data`)
    const to = newSource(process.env, options.to)
    const rotation =
      (await askServer(directory, { command: 'rotate-root', ...(to && { to }) }, show)) ??
      (await rotateHere(directory, options.to, to))
    console.log(summary(rotation, directory, to))
  } catch (error) {
    if (!(
      isRotationRefusal(error) ||
      error instanceof DirectoryInUse ||
      error instanceof UnknownSchema ||
      error instanceof DamagedDatabase
    ))
      throw error
    console.error(`redoubt: ${error.message}`)
    process.exitCode = 1
  }
}

/** Without a server: this process does what the server would have done, as the directory's only one. */
async function rotateHere(
  directory: string,
  kind: NewSource | undefined,
  to: RootKeySource | undefined,
): Promise<Rotation> {
  const unlock = lockDataDirectory(directory)
  const world = systemWorld()
  const source = presentSource(process.env, kind, directory)
  const state = loadRootKey(source, directory, world.randomBytes)
  checkDatabase(directory)
  const log = createLog((line) => process.stderr.write(line), world.nowMs)
  const rootKeys = rootKeysOf(state)
  const { createWorker } = await import('../main.ts')
  // A whole worker, though only its store and seal are used: with it come all declarations of what is sealed.
  const worker = createWorker({
    world,
    log,
    rootKeys,
    directory,
    head: new Head(),
    worker: 0,
    edge: noEdge,
    partition: 'aws',
    strict: false,
    xks: {},
    webhooks: publicAccess,
    smtp: undefined,
    functions: noFunctions,
  })
  try {
    if (!findDeployment(worker.store.read))
      throw new RootKeyError(`${directory} holds nothing yet: start the server first`)
    const spread = worker.useRootKeys.bind(worker)
    const { store, seal } = worker
    const custody = new RootKeyCustody({ directory, source, state, store, seal, spread, world, log })
    return await custody.rotate(to, show)
  } finally {
    await worker.close()
    unlock()
  }
}

const show: OnProgress = ({ resealed, total }) => {
  if (total > 0) console.log(`sealed anew: ${resealed} of ${total} documents`)
}

function summary(
  { keyId, resumed, kept }: Rotation,
  directory: string,
  to: RootKeySource | undefined,
): string {
  const what = resumed
    ? `An earlier rotation was finished: everything is sealed under root key ${keyId}. No other key was made: run the command again for one.`
    : `Everything is sealed under the new root key ${keyId}.`
  return `
${what}
${kept} earlier root keys are kept in root-key.json, sealed under it, for as long as session tokens need them (37 hours).
${resumed ? 'The next start takes it from where the server takes it now.' : next(to)}
Back up now: redoubt.db and root-key.json in ${directory}, and the new root key apart from them.
Keep the old root key with the backups made before: they open with it alone.`
}

/** What the operator has to change for the next start. */
function next(to: RootKeySource | undefined): string {
  switch (to?.kind) {
    case undefined:
      return 'The next start needs no change.'
    case 'file':
      return 'The next start takes it from root.key: remove REDOUBT_ROOT_KEY, REDOUBT_PASSPHRASE and REDOUBT_PKCS11_MODULE.'
    case 'environment':
      return 'The next start needs it in REDOUBT_ROOT_KEY.'
    case 'passphrase':
      return 'The next start needs the new passphrase in REDOUBT_PASSPHRASE, and no REDOUBT_ROOT_KEY.'
    case 'pkcs11':
      return 'The next start needs the token in REDOUBT_PKCS11_MODULE, _TOKEN, _PIN and _KEY, and no other source.'
  }
}
