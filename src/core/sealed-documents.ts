import { type Seal, SealBroken } from './seal/index.ts'
import { type Collection, declaredCollections, type KeyedDocument, type Store } from './store/index.ts'

/** Documents that are sealed anew in one transaction. */
const batchMax = 64

/** How far sealing anew has come. */
export interface ResealProgress {
  readonly resealed: number
  /** Documents that had a text under another root key when it began. */
  readonly total: number
}

/** Stored texts that cannot be moved to another root key. The message names their documents, for the operator. */
export class ResealFailed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ResealFailed'
  }
}

/**
 * Seals every stored text that is under another root key anew, in small transactions between which the store serves others. Done
 * twice, the second time does nothing; cut off anywhere, the next time does the rest.
 * Faults: ResealFailed, once everything else is done; whatever `onProgress` throws, between two transactions.
 */
export async function resealDocuments(
  store: Store,
  seal: Seal,
  onProgress: (progress: ResealProgress) => void,
): Promise<number> {
  await store.catchUp()
  refuseUnknown(store)
  const broken = new Set<string>()
  let [resealed, total] = [0, 0]
  // Until a look finds nothing: what was sealed before the new root key took over may be stored while this runs.
  for (;;) {
    const left = outdated(store, seal).filter((place) => !broken.has(addressOf(place)))
    if (left.length === 0) break
    total += left.length
    for (let start = 0; start < left.length; start += batchMax) {
      onProgress({ resealed, total })
      const batch = left.slice(start, start + batchMax)
      const stayed = await resealBatch(store, seal, batch)
      for (const place of stayed) broken.add(addressOf(place))
      resealed += batch.length - stayed.length
    }
    await store.catchUp()
  }
  onProgress({ resealed, total })
  if (broken.size > 0)
    throw new ResealFailed(
      `${broken.size} sealed documents do not open, and stay as they are: ${[...broken].slice(0, 10).join(', ')}; ` +
        'restore or delete them, and run the command again',
    )
  return resealed
}

/** A document with its collection. */
interface Place extends KeyedDocument {
  readonly collection: Collection<object>
}

function outdated(store: Store, seal: Seal): readonly Place[] {
  const places: Place[] = []
  for (const collection of declaredCollections()) {
    const { service, type } = collection
    for (const { account, region, id, document } of store.read.everywhere(collection)) {
      let isOutdated = false
      collection.reseal(document, id, (_purpose, _context, sealed) => {
        isOutdated ||= seal.isOutdated(sealed)
        return sealed
      })
      if (isOutdated) places.push({ collection, service, type, account, region, id, document })
    }
  }
  return places
}

/** Gives the documents that did not open. */
function resealBatch(store: Store, seal: Seal, batch: readonly Place[]): Promise<readonly Place[]> {
  return store.transact((tx) =>
    batch.filter((place) => {
      const { collection, id } = place
      const document = tx.get(collection, place, id) // As it is now: it may have changed, or be gone.
      if (document === undefined) return false
      try {
        const moved = collection.reseal(document, id, (purpose, context, sealed) => {
          if (!seal.isOutdated(sealed)) return sealed
          const plaintext = seal.open(purpose, context, sealed)
          const anew = seal.seal(purpose, context, plaintext)
          plaintext.fill(0)
          return anew
        })
        tx.put(collection, place, id, moved)
        return false
      } catch (error) {
        if (error instanceof SealBroken) return true
        throw error
      }
    }),
  )
}

/** What no declaration of this program knows may hold sealed texts that it would leave behind. */
function refuseUnknown(store: Store): void {
  const known = new Set([...declaredCollections()].map(({ name }) => name))
  for (const { service, type } of store.read.everything()) {
    if (!known.has(`${service}/${type}`))
      throw new ResealFailed(
        `the store holds documents of the type ${service}/${type}, which this version of Redoubt does not know: use the version that wrote them`,
      )
  }
}

function addressOf({ service, type, account, region, id }: KeyedDocument): string {
  return `${service}/${type} ${id} of ${account}/${region}`
}
