import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { systemWorld } from '#core/world.ts'
import { readNotedDamage } from '#telemetry/index.ts'
import { askStatus } from './control-client.ts'
import type { ServerStatus } from './server-status.ts'

/** What `redoubt status` was told. */
export interface StatusOptions {
  readonly data: string
  readonly json: boolean
}

/** What is kept, by the disk's own count of names. Units: bytes. */
interface Sizes {
  readonly databaseBytes: number
  readonly telemetryBytes: number
}

/** Prints what the server of a data directory says of itself. Sets the exit code 3 where none runs, as `systemctl status` does. */
export async function showStatus({ data, json }: StatusOptions): Promise<void> {
  const directory = resolve(data)
  const status = await askStatus(directory)
  if (status === undefined) {
    if (json) console.log(JSON.stringify({ running: false, directory }, undefined, 2))
    else
      console.error(`redoubt: no server runs on ${directory}: start it with 'redoubt serve', or name --data`)
    process.exitCode = 3
    return
  }
  const sizes = sizesOf(directory)
  const damagedRecords = readNotedDamage(directory).length
  const uptimeMs = systemWorld().nowMs() - status.startedAtMs
  if (json)
    console.log(
      JSON.stringify(
        { running: true, directory, uptimeMs, ...sizes, damagedRecords, ...status },
        undefined,
        2,
      ),
    )
  else console.log(described(directory, uptimeMs, { ...sizes, damagedRecords }, status))
}

function described(
  directory: string,
  uptimeMs: number,
  kept: Sizes & { readonly damagedRecords: number },
  status: ServerStatus,
): string {
  const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`
  return [
    `Redoubt ${status.version} serves on ${status.url}`,
    `  up           ${durationOf(uptimeMs)}, process ${status.pid}, workers: ${status.workers}`,
    `  data         ${directory}`,
    `  database     ${mebibytes(kept.databaseBytes)}`,
    `  telemetry    ${mebibytes(kept.telemetryBytes)}`,
    `  listeners    ${status.listeners.length} of load balancers (redoubt edge shows them)`,
    `  detectors    ${status.detectors} enabled`,
    ...(kept.damagedRecords > 0
      ? [`  DAMAGED      ${kept.damagedRecords} places of records: look at all with redoubt verify`]
      : []),
  ].join('\n')
}

function durationOf(timeMs: number): string {
  const minutes = Math.floor(timeMs / 60_000)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  return `${days} d ${hours} h ${minutes % 60} min`
}

function sizesOf(directory: string): Sizes {
  let [databaseBytes, telemetryBytes] = [0, 0]
  for (const name of ['redoubt.db', 'redoubt.db-wal']) databaseBytes += sizeOf(join(directory, name))
  for (const entry of readdirSync(join(directory, 'telemetry'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) telemetryBytes += sizeOf(join(entry.parentPath, entry.name))
  return { databaseBytes, telemetryBytes }
}

/** What went meanwhile has no size. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
