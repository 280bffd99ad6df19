import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { cleanEnvironment } from './confinement.ts'

/** Users and groups each have their own ids. */
const databases = ['passwd', 'group'] as const
type Database = (typeof databases)[number]

/** A directory may be on another machine. Units: milliseconds. */
const answeredMsMax = 10_000

const run = promisify(execFile)

/**
 * Whether one of these ids is a user's or a group's, as this machine knows them: by its files, or by a directory of the organization (LDAP).
 * Faults: what `getent` says where it cannot be asked.
 */
export async function isAnyKnown(ids: readonly number[], getent = 'getent'): Promise<boolean> {
  const found = await Promise.all(databases.map((database) => entriesOf(getent, database, ids)))
  return found.some((entries) => entries !== '')
}

async function entriesOf(getent: string, database: Database, ids: readonly number[]): Promise<string> {
  try {
    const asked = [database, ...ids.map(String)]
    return (await run(getent, asked, { env: cleanEnvironment, timeout: answeredMsMax })).stdout
  } catch (error) {
    const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: string } // Of execFile.
    if (code === 2) return stdout ?? '' // It does not know all of them.
    if (code === 'ENOENT') return entriesOfFile(database, ids)
    throw error
  }
}

/** Where there is no `getent`. */
async function entriesOfFile(database: Database, ids: readonly number[]): Promise<string> {
  const lines = (await readFile(`/etc/${database}`, 'utf8')).split('\n')
  return lines.filter((line) => ids.includes(Number(line.split(':')[2] ?? NaN))).join('\n')
}
