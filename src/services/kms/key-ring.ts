import { Bounded } from '#core/bounded.ts'
import type { Seal, Secret } from '#core/seal/index.ts'
import { changesOf, type Store } from '#core/store/index.ts'
import { type Material, openMaterial } from './cryptography/index.ts'
import { type KeyDocument, keys } from './documents.ts'
import { faults } from './faults.ts'
import { type MaterialOwner, sealedMaterial } from './sealed.ts'

/** Opened materials that are kept ready. Units: entries; one takes about 1 KiB outside of JavaScript's heap. */
const openMax = 100_000

/** Opens the materials of keys, and keeps them ready for as long as a key still holds them. */
export interface KeyRing {
  /**
   * A key's material, ready for use; the current one unless told.
   * Faults: KMSInvalidStateException for a material that is gone.
   */
  readonly open: (key: KeyDocument, materialId?: string) => OpenMaterial
  readonly stop: () => void
}

/** An opened material with its name. */
export interface OpenMaterial {
  readonly materialId: string
  readonly material: Material
}

/** See `KeyRing`. What is kept is found by its sealed text, which always means the same; a text that no key holds any more is dropped. */
export function createKeyRing({ store, seal }: { store: Pick<Store, 'tail'>; seal: Seal }): KeyRing {
  const opened = new Bounded<string, OpenMaterial>(openMax)

  const stop = store.tail((change) => {
    for (const { before, after } of changesOf(keys, change)) {
      const kept = new Set(after?.materials.map(({ sealed }) => sealed))
      for (const { sealed } of before?.materials ?? [])
        if (sealed !== undefined && !kept.has(sealed)) opened.delete(sealed)
    }
  })

  return {
    stop,
    open(key, materialId = key.currentMaterialId) {
      const kept = key.materials.find((one) => one.materialId === materialId)
      if (kept?.sealed === undefined) throw faults.invalidState(key.arn, 'pending import')
      const { sealed } = kept
      return opened.of(sealed, () => {
        const bytes = sealedMaterial.open(seal, { keyId: key.keyId, materialId: kept.materialId }, sealed)
        const material = openMaterial(key.spec, bytes)
        bytes.fill(0)
        return { materialId: kept.materialId, material }
      })
    },
  }
}

/** Seals a material for its key, and wipes it. */
export function sealMaterial(seal: Seal, owner: MaterialOwner, secret: Secret): string {
  const sealed = sealedMaterial.seal(seal, owner, secret.reveal())
  secret[Symbol.dispose]()
  return sealed
}
