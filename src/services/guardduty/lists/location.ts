import { join } from 'node:path'

/** A file in a bucket. */
export interface Location {
  readonly bucket: string
  readonly key: string
}

const bucketForm = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const keyBytesMax = 1_024

/**
 * Reads where a list is: `s3://bucket/key`, or an address of S3 with the bucket in its path or in its host.
 * Source: GuardDuty API Reference, CreateIPSet, location; S3 User Guide, "Methods for accessing a bucket".
 */
export function parseLocation(text: string): Location | undefined {
  const [bucket = '', key = ''] = partsOf(text) ?? []
  if (!bucketForm.test(bucket) || bucket.includes('..')) return undefined
  if (key === '' || Buffer.byteLength(key) > keyBytesMax || /\p{C}/u.test(key)) return undefined
  // A key is a path below the bucket's folder, and leads nowhere else.
  const names = key.split('/')
  if (names.some((name) => name === '' || name === '.' || name === '..') || key.includes('\\'))
    return undefined
  return { bucket, key }
}

/** Its file in the folder that has a folder for each bucket. */
export function fileOf(buckets: string, { bucket, key }: Location): string {
  return join(buckets, bucket, ...key.split('/'))
}

function partsOf(text: string): readonly (string | undefined)[] | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]{1,63})\/(.{1,1024})$/s.exec(text) ?? []
  if (bucket !== undefined) return [bucket, key]
  const [, host, path = ''] = /^https:\/\/([^/]{1,128})\/([^?#]{1,1100})$/s.exec(text) ?? []
  if (host === undefined) return undefined
  if (isEndpoint(host))
    return [path.slice(0, Math.max(path.indexOf('/'), 0)), decoded(path.slice(path.indexOf('/') + 1))]
  const at = host.indexOf('.s3')
  return at > 0 && isEndpoint(host.slice(at + 1)) ? [host.slice(0, at), decoded(path)] : undefined
}

/** `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, `s3-eu-west-1.amazonaws.com`. */
function isEndpoint(host: string): boolean {
  return /^s3(?:[.-][a-z0-9-]{1,32})?\.amazonaws\.com(?:\.cn)?$/.test(host)
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return '' // URIError: no path of a key.
  }
}
