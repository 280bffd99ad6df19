import { publicAccess } from '#core/address-guard.ts'
import { noEdge } from '#core/edge-view.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noFunctions } from '#functions/index.ts'
import { createLog } from '#core/log.ts'
import { loadRootKey, rootKeysOf } from '#core/seal/index.ts'
import type { Service } from '#core/service.ts'
import { Head } from '#core/store/index.ts'
import { systemWorld } from '#core/world.ts'
import { createWorker } from '../../src/main.ts'

/** The services of a worker, put together as the server's are. */
export async function implementedServices(): Promise<ReadonlyMap<string, Service>> {
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-coverage-'))
  const world = systemWorld()
  const rootKeys = rootKeysOf(loadRootKey({ kind: 'file' }, directory, world.randomBytes))
  const log = createLog((line) => process.stderr.write(line), world.nowMs)
  const worker = createWorker({
    world,
    log,
    rootKeys,
    directory,
    head: new Head(),
    worker: 0,
    edge: noEdge,
    partition: 'aws',
    strict: true,
    xks: {},
    webhooks: publicAccess,
    smtp: undefined,
    functions: noFunctions,
  })
  try {
    return worker.services
  } finally {
    await worker.close()
    rmSync(directory, { recursive: true })
  }
}
