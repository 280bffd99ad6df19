import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

/**
 * Keeps what Node compiled for the next start, beside the code and with its owner: whoever can write there can change the code
 * itself. Without leave to write, nothing is kept.
 */
export function keepCompiledCode(): void {
  enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/redoubt'))
}
