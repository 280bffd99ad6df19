import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

/** Beside the code and with its owner: whoever can write there can change the code itself. */
export const compileCacheDirectory = join(import.meta.dirname, '../../node_modules/.cache/redoubt')

/** Keeps what Node compiled for the next start. Without leave to write, nothing is kept. */
export function keepCompiledCode(): void {
  enableCompileCache(compileCacheDirectory)
}
