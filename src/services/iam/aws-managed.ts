import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { type Arn, arn, parseArn } from '#core/arn.ts'
import { Bounded } from '#core/bounded.ts'
import { idOf } from './documents.ts'
import { uniqueId } from './ids.ts'

// The policies that AWS itself publishes. The index is read when the first of them is asked for, a document when it is.

/** One of AWS's own policies, in one partition. It is nobody's to change. */
export interface AwsManagedPolicy {
  readonly kind: 'aws'
  readonly arn: Arn
  readonly path: string
  readonly policyName: string
  /** Differs: AWS's own ids are not published; this one is as stable and unique. */
  readonly policyId: string
  /** Differs: only the current version is here, under the number that it has at AWS. */
  readonly defaultVersionId: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** The current document; read from disk when it is asked for. */
  readonly text: string
}

/** A row of data/managed-policies/index.json. */
type Row = readonly [
  name: string,
  path: string,
  version: string,
  versions: number,
  createdAtMs: number,
  updatedAtMs: number,
  offset: number,
  bytes: number,
]

interface Index {
  /** Rows by `path` and name, as an ARN has them behind `policy`. */
  readonly byPath: ReadonlyMap<string, Row>
  /** Rows by the policy's name in lower case, in the order of those names. */
  readonly byId: ReadonlyMap<string, Row>
}

const folder = new URL('../../../data/managed-policies/', import.meta.url)
const keptMax = 256
const texts = new Bounded<string, string>(keptMax)
let loaded: Index | undefined

/**
 * The partitions that exist. The text of a partition goes into documents, so that nothing else may pass for one.
 * Source: IAM User Guide, "Amazon Resource Names (ARNs)"; botocore's partitions.json.
 */
const partitions: ReadonlySet<string> = new Set([
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-eusc',
])

/** AWS's own policy of that ARN, in any partition, or undefined when AWS has none. */
export function awsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  const parts = parseArn(arn)
  if (parts?.service !== 'iam' || parts.region !== '' || parts.account !== 'aws') return undefined
  if (!partitions.has(parts.partition) || !parts.resource.startsWith('policy/')) return undefined
  const row = index().byPath.get(parts.resource.slice('policy'.length))
  return row && policyOf(row, parts.partition)
}

/** AWS's policies of a partition by id (the name in lower case), sorted by it, from behind `after` on. */
export function* awsManagedPolicies(
  partition: string,
  after = '',
  where: (policy: AwsManagedPolicy) => boolean = () => true,
): Generator<{ readonly id: string; readonly document: AwsManagedPolicy }> {
  for (const [id, row] of index().byId) {
    if (id <= after) continue
    const document = policyOf(row, partition)
    if (where(document)) yield { id, document }
  }
}

function policyOf(row: Row, partition: string): AwsManagedPolicy {
  const [policyName, path, defaultVersionId, , createdAtMs, updatedAtMs] = row
  return {
    kind: 'aws',
    arn: arn({
      partition,
      service: 'iam',
      region: '',
      account: 'aws',
      resource: `policy${path}${policyName}`,
    }),
    path,
    policyName,
    policyId: uniqueId('ANPA', (length) => hash('sha256', path + policyName, 'buffer').subarray(0, length)),
    defaultVersionId,
    createdAtMs,
    updatedAtMs,
    get text() {
      return textOf(row, partition)
    },
  }
}

/** The documents are those of the partition `aws`; elsewhere AWS's policies name that partition's resources. */
function textOf(row: Row, partition: string): string {
  assert.ok(partitions.has(partition), 'a partition that does not exist')
  return texts.of(`${partition} ${row[0]}`, () => {
    const text = readDocument(row)
    return partition === 'aws' ? text : text.replaceAll('"arn:aws:', `"arn:${partition}:`)
  })
}

function readDocument([name, , , , , , offset, bytes]: Row): string {
  const file = openSync(new URL('documents.jsonl', folder), 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    assert.equal(readSync(file, buffer, 0, bytes, offset), bytes, `the document of ${name} is cut off`)
    return buffer.toString('utf8')
  } finally {
    closeSync(file)
  }
}

function index(): Index {
  loaded ??= readIndex()
  return loaded
}

function readIndex(): Index {
  const rows = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as readonly Row[] // Our own data.
  const byPath = new Map(rows.map((row) => [`${row[1]}${row[0]}`, row]))
  const ids = rows.map((row) => [idOf(row[0]), row] as const).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { byPath, byId: new Map(ids) }
}
