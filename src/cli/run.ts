import { RootKeyError } from '#core/seal/index.ts'
import { program } from './program.ts'

/** Does what the command line says. Sets the exit code 1, with a line that says why, where the operator has something to mend. */
export async function run(): Promise<void> {
  try {
    await program.parseAsync()
  } catch (error) {
    if (!(error instanceof RootKeyError || isRefusedBySystem(error))) throw error
    console.error(`redoubt: ${error.message}`) // No stack helps there.
    process.exit(1)
  }
}

/** A file or an address that this user cannot have. */
function isRefusedBySystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error
}
