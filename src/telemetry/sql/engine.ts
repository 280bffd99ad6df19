import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { list, literal } from './columns.ts'

/** What one process may take. */
const limits = { memory: '1GB', threads: 2, spilt: '2GB' }

/** An engine in memory, which loads nothing from anywhere. What does not fit goes to the folder `spillTo`, if there is one. */
export async function openEngine({ spillTo }: { readonly spillTo?: string } = {}): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    memory_limit: limits.memory,
    threads: String(limits.threads),
    temp_directory: spillTo === undefined ? '' : join(spillTo, 'spilt'),
    max_temp_directory_size: limits.spilt,
    preserve_insertion_order: 'false',
  })
  return instance.connect()
}

/** All threads that it may have, unless it is told how many. */
export async function useThreads(engine: DuckDBConnection, count = limits.threads): Promise<void> {
  await engine.run(`SET threads = ${count}`)
}

/**
 * From here on the engine reads nothing but the files below `folder`, if any, and no statement changes that: the settings are locked.
 * INVARIANT: called before a user's statement is seen, in whatever form.
 */
export async function lock(engine: DuckDBConnection, folder?: string): Promise<void> {
  if (folder !== undefined) await engine.run(`SET allowed_directories = ${list([`${folder}/`])}`)
  for (const [name, value] of [
    ['enable_external_access', 'false'],
    ['max_expression_depth', '250'],
    ['lock_configuration', 'true'],
  ] as const)
    await engine.run(`SET ${name} = ${literal(value)}`)
}
