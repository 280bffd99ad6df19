import { resolve } from 'node:path'
import { systemWorld } from '#core/world.ts'
import { type ExportedKind, exportRecords } from '#telemetry/sql/index.ts'

/** What `redoubt telemetry export` was told. */
export interface ExportOptions {
  readonly data: string
  readonly kind: ExportedKind
  /** Units: milliseconds since 1970. */
  readonly from: number
  readonly to?: number
  readonly out: string
}

/** Writes records of a kind as a Parquet file. Sets the exit code 1 where that fails. */
export async function exportTelemetry({ data, kind, from, to, out }: ExportOptions): Promise<void> {
  const world = systemWorld()
  const file = resolve(out)
  const asked = { directory: resolve(data), kind, fromMs: from, toMs: to ?? world.nowMs(), file }
  const failure = await exportRecords(asked, world).catch((error: unknown) => String(error))
  if (failure === undefined) {
    console.log(`${file} is written.`)
    return
  }
  console.error(`Nothing was exported: ${failure}`)
  process.exitCode = 1
}

/** A time as `2026-01-31` or `2026-01-31T12:00:00Z`; undefined for anything else. Units: milliseconds since 1970. */
export function parseTime(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/.test(text)) return undefined
  const timeMs = Date.parse(text)
  return Number.isNaN(timeMs) ? undefined : timeMs
}
