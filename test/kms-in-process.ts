// KMS beside the services that use its keys, in one process: every key is in the store, none in an external key store.
import assert from 'node:assert/strict'
import { createAuthorizer } from '#core/access/authorizer.ts'
import { PolicyLibrary } from '#core/access/policy-library.ts'
import { createDerived } from '#core/derived.ts'
import type { Service } from '#core/service.ts'
import { identities } from '#services/iam/identities.ts'
import { principalNames } from '#services/iam/principal-names.ts'
import type { KmsParts } from '#services/kms/declare.ts'
import type { ExternalKeys } from '#services/kms/external-keys.ts'
import { createKeyRing } from '#services/kms/key-ring.ts'
import { createKmsService } from '#services/kms/service.ts'
import type { Ground } from './in-process.ts'

const nobody = (): never => assert.fail('no key is outside')

/** No key is outside: who asks for one has failed. */
export const noExternalKeys: ExternalKeys = {
  wrap: nobody,
  unwrap: nobody,
  check: nobody,
  health: nobody,
  keyIdOf: () => undefined,
}

/** KMS as whoever uses its keys needs it; `strict` as in `inProcess`. */
export function kmsOn(
  { store, seal }: Pick<Ground, 'store' | 'seal'>,
  { strict = true, ...others }: Partial<KmsParts> & { readonly strict?: boolean } = {},
): Service {
  return createKmsService({
    ring: createKeyRing({ store, seal }),
    principals: principalNames,
    authorize: createAuthorizer({
      identities,
      organizations: { scpsOf: () => [], rcpsOf: () => [] },
      library: new PolicyLibrary(),
      derived: createDerived(store),
      strict,
    }),
    external: noExternalKeys,
    noteUse: () => undefined,
    eventIdOf: ({ requestId }) => Promise.resolve(`event of ${requestId}`),
    recordEvent: (event) => JSON.stringify(event),
    ...others,
  })
}
