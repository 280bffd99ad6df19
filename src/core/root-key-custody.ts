import type { Log } from './log.ts'
import {
  adoptRootKey,
  finishRootKey,
  makeNextRootKey,
  RootKeyError,
  type RootKeys,
  type RootKeySource,
  rootKeysOf,
  type RootKeyState,
  type Seal,
} from './seal/index.ts'
import { resealDocuments, type ResealProgress } from './sealed-documents.ts'
import type { Store } from './store/index.ts'
import type { World } from './world.ts'

/** A rotation that came to its end. */
export interface Rotation {
  readonly keyId: string
  /** True when an earlier rotation was carried to its end, and no other root key was made. */
  readonly resumed: boolean
  /** Documents that were sealed anew. */
  readonly resealed: number
  /** Retired root keys that are kept, for what was handed out under them. */
  readonly kept: number
}

/** Why a rotation was cut off; it goes on by itself at the next start. */
export class CustodyStopped extends Error {
  constructor() {
    super('the server stops: the rotation goes on when it starts again')
    this.name = 'CustodyStopped'
  }
}

export interface CustodyParts {
  /** The data directory, which this process has locked. */
  readonly directory: string
  readonly source: RootKeySource
  readonly state: RootKeyState
  readonly store: Store
  /** The seal of this thread: `spread` reaches it too. */
  readonly seal: Seal
  /** Gives root keys to all that seal, and ends when each of them works with them and has committed what it sealed before. */
  readonly spread: (keys: RootKeys) => Promise<void>
  readonly world: World
  readonly log: Log
}

const hour = 3_600_000
/** How long a retired key is kept: the longest session token's 36 hours (STS API Reference, GetSessionToken), and one to spare. */
const keptMs = 37 * hour

/**
 * Holds a deployment's root keys: moves everything to a new one while others seal and open, and forgets those that nothing needs.
 * One process has one, and one thing at a time is done. docs/decisions/0007-root-key-rotation.md says why nothing can be lost.
 * State: nothing under way -> new key known to all -> noted and current -> every stored text under it -> nothing under way.
 */
export class RootKeyCustody {
  readonly #parts: CustodyParts
  #source: RootKeySource
  #state: RootKeyState
  #last: Promise<unknown> = Promise.resolve()
  #stopped = false
  #unsure = false

  constructor(parts: CustodyParts) {
    this.#parts = parts
    this.#source = parts.source
    this.#state = parts.state
  }

  /**
   * Moves everything to a new root key, from the same source or from `to`; a rotation that was begun earlier is finished instead.
   * Faults: RootKeyError; ResealFailed; CustodyStopped.
   */
  rotate(to: RootKeySource | undefined, onProgress: (progress: ResealProgress) => void): Promise<Rotation> {
    const resumed = this.#state.unfinished
    return this.#inTurn(async () => {
      if (!resumed) await this.#begin(to ?? this.#source)
      const resealed = await this.#finish(onProgress)
      return { keyId: this.#state.current.id, resumed, resealed, kept: this.#state.retired.length }
    })
  }

  /** Finishes what was cut off, and forgets what nothing needs. */
  tend(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#state.unfinished || this.#state.retired.some(({ retiredAtMs }) => !this.#isKept(retiredAtMs)))
        await this.#finish(() => undefined)
    })
  }

  /** Does something while no rotation goes on; one that is under way is waited for. Faults: CustodyStopped. */
  quietly<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.#inTurn(work)
  }

  /** Ends between two transactions. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#last
  }

  async #begin(source: RootKeySource): Promise<void> {
    const { directory, spread, world, log } = this.#parts
    if (this.#unsure)
      throw new RootKeyError(
        'an earlier rotation failed while it noted its root key: restart the server first',
      )
    const old = this.#state
    const next = makeNextRootKey(source, directory, old, world.randomBytes)
    const { current, previous } = rootKeysOf(old)
    await spread({ current, previous: [next.root, ...previous] }) // All can open what any of them will seal.
    // Should this fail, a start finds the old key or the new one, each with all it needs; this process cannot tell which.
    this.#unsure = true
    this.#state = adoptRootKey(directory, old, next, world.nowMs(), world.randomBytes)
    this.#unsure = false
    this.#source = source
    await spread(rootKeysOf(this.#state))
    log({ level: 'info', event: 'root-key-changed', from: old.current.id, to: next.root.id })
  }

  async #finish(onProgress: (progress: ResealProgress) => void): Promise<number> {
    const { directory, store, seal, spread, world, log } = this.#parts
    const resealed = await resealDocuments(store, seal, (progress) => {
      if (this.#stopped) throw new CustodyStopped()
      onProgress(progress)
    })
    const before = this.#state
    this.#state = finishRootKey(directory, before, (at) => this.#isKept(at), world.randomBytes)
    if (this.#state.retired.length < before.retired.length) await spread(rootKeysOf(this.#state))
    if (this.#state !== before) {
      const { current, retired } = this.#state
      const forgotten = before.retired.length - retired.length
      log({ level: 'info', event: 'root-key-settled', keyId: current.id, resealed, forgotten })
    }
    return resealed
  }

  #isKept(retiredAtMs: number): boolean {
    return retiredAtMs + keptMs > this.#parts.world.nowMs()
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => {
      if (this.#stopped) throw new CustodyStopped()
      return work()
    })
    this.#last = turn.catch(() => undefined) // Whoever asked hears of it; the next turn does not depend on it.
    return turn
  }
}
