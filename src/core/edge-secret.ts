import { sealedText } from './seal/index.ts'
import { collection, type Store } from './store/index.ts'
import type { Seal } from './seal/index.ts'
import type { World } from './world.ts'

/** What the edge seals its clients' cookies and tokens with: the same in all its processes, and after a restart. */
interface EdgeSecret {
  readonly sealedSecret: string
}

const onlyId = 'secret'
const sealedSecret = sealedText('edge-secret', (id) => id)

const edgeSecrets = collection<EdgeSecret>({
  service: 'redoubt',
  type: 'edge-secret',
  reseal: (secret, id, move) => ({
    ...secret,
    sealedSecret: sealedSecret.move(move, id, secret.sealedSecret),
  }),
})

const scope = { account: 'redoubt', region: 'global' }
const secretBytes = 32

/** The edge's secret, made when it is asked for the first time. */
export function edgeSecret(
  store: Pick<Store, 'transact'>,
  seal: Seal,
  { randomBytes }: Pick<World, 'randomBytes'>,
): Promise<Uint8Array> {
  return store.transact((tx) => {
    const kept = tx.get(edgeSecrets, scope, onlyId)
    if (kept) return sealedSecret.open(seal, onlyId, kept.sealedSecret)
    const secret = randomBytes(secretBytes)
    tx.put(edgeSecrets, scope, onlyId, { sealedSecret: sealedSecret.seal(seal, onlyId, secret) })
    return secret
  })
}
