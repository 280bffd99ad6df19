import type { OwnEndpoint } from '#core/http-server.ts'
import { findAccount } from '#core/accounts.ts'
import type { Pipeline } from '#core/pipeline.ts'
import { createMemoryStore, type Store } from '#core/store/index.ts'
import { beginTrailAnew } from '#telemetry/index.ts'
import { readClaim } from '#wire/sigv4/index.ts'
import { type FirstStart, makeDevPrincipal, makeDevState, principalOfTwelveDigits } from './first-start.ts'

/**
 * Makes the account that an access key id of twelve digits selects when it is first named. Signature, authorization and
 * everything else are then checked as ever.
 */
export function devPipeline(pipeline: Pipeline, store: Store, first: FirstStart): Pipeline {
  return (request) => {
    const claim = readClaim(request)
    const principal = claim.ok ? principalOfTwelveDigits(claim.accessKeyId) : undefined
    if (!principal || findAccount(store.read, principal.account)) return pipeline(request)
    const made = store.transact((tx) => {
      if (!findAccount(tx, principal.account)) makeDevPrincipal(tx, first, principal)
    })
    return made.then(() => pipeline(request))
  }
}

/** The endpoints that only `--dev` has. */
export function devEndpoints(store: Store, first: FirstStart): ReadonlyMap<string, OwnEndpoint> {
  return new Map([['POST /_redoubt/reset', () => reset(store, first)]])
}

/** Puts the first state in the place of all documents and of the audit trail. */
async function reset(store: Store, first: FirstStart) {
  const scratch = createMemoryStore()
  await scratch.transact((tx) => {
    makeDevState(tx, first)
    beginTrailAnew(tx, { randomBytes: first.world.randomBytes, afterSeq: store.seq })
  })
  await store.reset(scratch.snapshot())
  return { status: 204, headers: {}, body: '' }
}
