import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { World } from '#core/world.ts'
import type { TrailDocument } from './documents.ts'

const gzipped = promisify(gzip)

/** A record on its way: its line, and where it happened. */
export interface Delivered {
  readonly line: string
  readonly awsRegion: string
  readonly eventMs: number
}

/**
 * Writes records to the trail's bucket, a file a Region. A file is whole before it has its name; one name is used once.
 * Faults: throws what the file system says.
 */
export async function writeToBucket(
  buckets: string,
  trail: Pick<TrailDocument, 'account' | 'region' | 'bucket' | 'prefix'>,
  records: readonly Delivered[],
  { nowMs, randomBytes }: Pick<World, 'nowMs' | 'randomBytes'>,
): Promise<void> {
  const regions = Map.groupBy(records, ({ awsRegion }) => folderName(awsRegion) ?? trail.region)
  for (const [region, ofRegion] of regions) {
    const unique = uniqueText(randomBytes)
    const { folder, file } = placeOf(trail, region, nowMs(), unique)
    const path = join(buckets, trail.bucket, folder)
    await mkdir(path, { recursive: true, mode: 0o700 })
    const bytes = await gzipped(`{"Records":[${ofRegion.map(({ line }) => line).join(',')}]}`)
    const unfinished = join(path, `.${file}.part`)
    try {
      await writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx', flush: true })
      await rename(unfinished, join(path, file))
    } catch (error) {
      // A full disk would be fuller by half a file at each attempt.
      await rm(unfinished, { force: true })
      throw error
    }
  }
}

/** A Region is what a call's signature says: only what looks like one becomes a folder. */
function folderName(region: string): string | undefined {
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(region) ? region : undefined
}

/** Source: CloudTrail User Guide, "Getting and viewing your CloudTrail log files", "CloudTrail log file name format". */
function placeOf(
  { account, prefix }: Pick<TrailDocument, 'account' | 'prefix'>,
  region: string,
  nowMs: number,
  unique: string,
): { readonly folder: string; readonly file: string } {
  const text = new Date(nowMs).toISOString()
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)]
  const [hour, minute] = [text.slice(11, 13), text.slice(14, 16)]
  return {
    folder: join(prefix ?? '', 'AWSLogs', account, 'CloudTrail', region, year, month, day),
    file: `${account}_CloudTrail_${region}_${year}${month}${day}T${hour}${minute}Z_${unique}.json.gz`,
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Sixteen letters and digits, as CloudTrail has them. Their slight bias does not matter: 95 bits are more than enough. */
function uniqueText(randomBytes: World['randomBytes']): string {
  return [...randomBytes(16)].map((byte) => alphabet[byte % alphabet.length]).join('')
}

/** What S3 would say of a failure of the file system. Source: S3 API Reference, "Error responses". */
export function bucketError(error: NodeJS.ErrnoException): string {
  return error.code === 'EACCES' || error.code === 'EPERM' ? 'AccessDenied' : 'InternalError'
}
