import { join } from 'node:path'
import { type RootKey, rootKeyOf } from './root-key.ts'
import {
  assertWaiting,
  keyFileName,
  nextPathOf,
  removeKeyFile,
  removeUnfinished,
  settleKeyFile,
} from './root-key-file.ts'
import { replaceNote } from './root-key-note.ts'
import { anotherKey, keyPathOf, type RootKeySource } from './root-key-source.ts'
import { type Origin, RootKeyError, type RootKeyState } from './root-keys.ts'

// How a data directory moves to another root key: decision 7. Whoever calls these holds the directory's lock.

type RandomBytes = (length: number) => Uint8Array

/** Retired keys at most; each is kept for about two days. */
export const retiredKeysMax = 200

/** A root key that nothing is sealed under yet. */
export interface NextRootKey {
  readonly root: RootKey
  readonly origin: Origin
  readonly source: RootKeySource
}

/**
 * Makes the root key that shall follow. A start still finds the old one, whatever happens.
 * Faults: RootKeyError, also for a key that is or was in use.
 */
export function makeNextRootKey(
  source: RootKeySource,
  directory: string,
  { current, retired }: RootKeyState,
  randomBytes: RandomBytes,
): NextRootKey {
  if (retired.length >= retiredKeysMax)
    throw new RootKeyError(
      `${retired.length} earlier root keys are kept for what is sealed under them: try again in two days`,
    )
  const { bytes, origin } = anotherKey(source, directory, randomBytes)
  const root = rootKeyOf(bytes)
  bytes.fill(0)
  if ([current, ...retired.map((one) => one.root)].some(({ id }) => id === root.id))
    throw new RootKeyError(
      `root key ${root.id} is or was in use here: give another one in REDOUBT_NEW_ROOT_KEY`,
    )
  return { root, origin, source }
}

/**
 * Makes the next root key the current one, in one step: the note is replaced whole. Whoever seals must be able to open what is
 * sealed under it before this is called, and may seal under it afterwards.
 */
export function adoptRootKey(
  directory: string,
  { current, retired }: RootKeyState,
  { root, origin, source }: NextRootKey,
  nowMs: number,
  randomBytes: RandomBytes,
): RootKeyState {
  const state: RootKeyState = {
    current: root,
    origin,
    retired: [{ root: current, retiredAtMs: nowMs }, ...retired],
    unfinished: true,
  }
  if (source.kind === 'file') assertWaiting(keyPathOf(source, directory), root.id)
  replaceNote(directory, state, randomBytes)
  if (source.kind === 'file') settleKeyFile(keyPathOf(source, directory), root.id)
  return state
}

/**
 * Notes that no stored text is under a retired key any more, and forgets the retired keys that `keep` does not name. What a key
 * file still holds of a retired key goes: the note has it, sealed under the current one.
 */
export function finishRootKey(
  directory: string,
  state: RootKeyState,
  keep: (retiredAtMs: number) => boolean,
  randomBytes: RandomBytes,
): RootKeyState {
  const retired = state.retired.filter(({ retiredAtMs }) => keep(retiredAtMs))
  if (!state.unfinished && retired.length === state.retired.length) return state
  const retiredIds = state.retired.map(({ root }) => root.id)
  for (const path of [join(directory, keyFileName), nextPathOf(join(directory, keyFileName))])
    removeKeyFile(path, retiredIds)
  removeUnfinished(directory)
  const finished = { ...state, retired, unfinished: false }
  replaceNote(directory, finished, randomBytes)
  return finished
}
