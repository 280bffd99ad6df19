import { join } from 'node:path'
import type { EdgeListener } from '#core/edge-view.ts'
import type { Rotation } from '#core/root-key-custody.ts'
import type { RootKeySource } from '#core/seal/index.ts'
import type { ResealProgress } from '#core/sealed-documents.ts'
import type { Reloaded, ReloadStage } from './reload/hand-over.ts'
import type { ReloadWish } from './reload/wish.ts'
import type { ServerStatus } from './server-status.ts'

// How a command reaches the server of its data directory: one line of JSON to a Unix socket in the directory, and lines back.

/** What a command asks for. */
export type ControlRequest =
  | {
      readonly command: 'rotate-root'
      /** Where the new root key is to come from. It may hold a passphrase, a key or a PIN. */
      readonly to?: RootKeySource | undefined
    }
  | { readonly command: 'edge' }
  | { readonly command: 'status' }
  | ({ readonly command: 'reload' } & ReloadWish)

/** What the server answers: any number of `progress` and `stage`, then one of the others. */
export type ControlAnswer =
  | { readonly kind: 'progress'; readonly progress: ResealProgress }
  | { readonly kind: 'done'; readonly rotation: Rotation }
  | { readonly kind: 'edge'; readonly listeners: readonly EdgeListener[] }
  | { readonly kind: 'status'; readonly status: ServerStatus }
  | { readonly kind: 'stage'; readonly stage: ReloadStage }
  | { readonly kind: 'reloaded'; readonly reloaded: Reloaded }
  | { readonly kind: 'refused'; readonly message: string }

/** Limit: our own. Units: characters. */
export const controlLineMax = 65_536

/** The folder that holds the socket, for the directory's owner alone: whoever may enter it may read the database too. */
export function controlFolder(directory: string): string {
  return join(directory, 'control')
}

export function controlPath(directory: string): string {
  return join(controlFolder(directory), 'socket')
}
