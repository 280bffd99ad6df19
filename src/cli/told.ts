import { RootKeyError, SealBroken } from '#core/seal/index.ts'
import {
  DamagedDatabase,
  DamagedWal,
  DirectoryInUse,
  UnfinishedRestore,
  UnknownSchema,
} from '#core/store/index.ts'
import { DamagedCode } from '#functions/index.ts'
import { TransferRefused } from './account/transfer-file.ts'
import { BackupRefused } from './backup/manifest.ts'

/** What is an operator's to mend: wrong keys, damaged or unfit files, directories that are in use. */
const kinds = [
  ...[BackupRefused, TransferRefused, RootKeyError, SealBroken, DirectoryInUse, UnfinishedRestore],
  ...[UnknownSchema, DamagedDatabase, DamagedWal, DamagedCode],
]

/** Does the work of a command over files; sets the exit code 1, with a line that says why, where an operator has something to mend. */
export async function told(work: () => void | Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isOperators(error)) throw error
    console.error(`redoubt: ${error.message}`)
    process.exitCode = 1
  }
}

/** What the file system or SQLite says is one's, too. */
function isOperators(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (kinds.some((kind) => error instanceof kind) || 'syscall' in error || 'errcode' in error)
  )
}
