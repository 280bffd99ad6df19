import { join } from 'node:path'
import { parseArn } from '#core/arn.ts'

/** A bucket, and the folder in it under which everything goes. */
export interface Place {
  readonly bucket: string
  readonly prefix: readonly string[]
}

/** Reads `arn:aws:s3:::bucket/prefix`; undefined where it leads anywhere but below the bucket's folder. */
export function parseDestination(text: string): Place | undefined {
  const { service, region, account, resource = '' } = parseArn(text) ?? {}
  if (service !== 's3' || region !== '' || account !== '') return undefined
  const [bucket = '', ...names] = resource.replace(/\/$/, '').split('/')
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || bucket.includes('..')) return undefined
  return names.every(isName) ? { bucket, prefix: names } : undefined
}

/** What can be one folder. */
function isName(name: string): boolean {
  return /^[\w!'()*. -]{1,128}$/.test(name) && name !== '.' && name !== '..'
}

/**
 * The folder of a day's findings. A Region is what a call's signature says: only what looks like one becomes a folder.
 * Source: GuardDuty User Guide, "Exporting findings", the place of findings in a bucket.
 */
export function folderOf(
  buckets: string,
  { bucket, prefix }: Place,
  { account, region, atMs }: { readonly account: string; readonly region: string; readonly atMs: number },
): string {
  const [day = ''] = new Date(atMs).toISOString().split('T', 1)
  const safe = /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(region) ? region : 'other'
  return join(buckets, bucket, ...prefix, 'AWSLogs', account, 'GuardDuty', safe, ...day.split('-'))
}
