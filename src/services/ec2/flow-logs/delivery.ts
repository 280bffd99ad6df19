import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Arn } from '#core/arn.ts'
import type { CallAnswer, CallAsService } from '#core/service-calls.ts'
import type { World } from '#core/world.ts'
import type { FlowLog } from '../documents.ts'
import { principal } from './flow-logs.ts'

const gzipped = promisify(gzip)

/** A flow on its way: its line, the interface that it is of, and when it ended. */
export interface Line {
  readonly text: string
  readonly interfaceId: string
  readonly endMs: number
}

/** Source: EC2 API Reference, FlowLog, DeliverLogsErrorMessage. */
export type DeliveryError = 'Access error' | 'Rate limited' | 'Unknown error'

/** Source: CloudWatch Logs API Reference, PutLogEvents. */
const batchMax = { events: 10_000, bytes: 1_048_576, overhead: 26, spanMs: 24 * 3_600_000 }

/** Puts lines into the flow log's group, by its role: a stream for each interface. Answers why where it could not. */
export async function sendToGroup(
  callAsService: CallAsService,
  { flowLog, arn }: { readonly flowLog: FlowLog; readonly arn: Arn },
  lines: readonly Line[],
): Promise<DeliveryError | undefined> {
  const { destination, account, region, trafficType } = flowLog
  if (destination.kind !== 'group') return undefined
  const { groupName: logGroupName, roleArn } = destination
  const ask = (operation: string, input: object): Promise<CallAnswer> =>
    callAsService({
      ...{ service: 'logs', operation, input, account, region },
      as: { kind: 'role', principal, roleArn, sessionName: 'vpc-flow-logs', sourceArn: arn },
    })
  for (const [interfaceId, own] of Map.groupBy(lines, (line) => line.interfaceId)) {
    const logStreamName = `${interfaceId}-${trafficType.toLowerCase()}`
    for (const batch of batchesOf(own)) {
      const logEvents = batch.map(({ text, endMs }) => ({ timestamp: endMs, message: text }))
      const answer = await put(ask, { logGroupName, logStreamName, logEvents })
      if (!answer.ok) return errorOf(answer)
    }
  }
  return undefined
}

interface Put {
  readonly logGroupName: string
  readonly logStreamName: string
  readonly logEvents: readonly object[]
}

/** Makes the group and the stream where they are not there: the role may be allowed to. */
async function put(
  ask: (operation: string, input: object) => Promise<CallAnswer>,
  input: Put,
): Promise<CallAnswer> {
  const { logGroupName, logStreamName } = input
  const first = await ask('PutLogEvents', input)
  if (first.ok || first.fault.code !== 'ResourceNotFoundException') return first
  const group = await ask('CreateLogGroup', { logGroupName })
  if (!group.ok && group.fault.code !== 'ResourceAlreadyExistsException') return group
  const stream = await ask('CreateLogStream', { logGroupName, logStreamName })
  if (!stream.ok && stream.fault.code !== 'ResourceAlreadyExistsException') return stream
  return ask('PutLogEvents', input)
}

function errorOf(answer: CallAnswer & { readonly ok: false }): DeliveryError {
  if (answer.fault.code === 'ThrottlingException') return 'Rate limited'
  return answer.fault.code.includes('AccessDenied') ? 'Access error' : 'Unknown error'
}

/** In the order of time, as PutLogEvents wants it. */
function batchesOf(lines: readonly Line[]): readonly (readonly Line[])[] {
  const batches: Line[][] = []
  let [batch, bytes]: [Line[], number] = [[], 0]
  for (const line of lines.toSorted((one, other) => one.endMs - other.endMs)) {
    const size = Buffer.byteLength(line.text) + batchMax.overhead
    const spanMs = line.endMs - (batch[0]?.endMs ?? line.endMs)
    if (batch.length >= batchMax.events || bytes + size > batchMax.bytes || spanMs > batchMax.spanMs) {
      batches.push(batch)
      ;[batch, bytes] = [[], 0]
    }
    batch.push(line)
    bytes += size
  }
  return batch.length === 0 ? batches : [...batches, batch]
}

interface Written {
  readonly flowLog: FlowLog
  readonly header: string
  readonly lines: readonly Line[]
}

/**
 * Writes lines to the flow log's bucket, as one file. It is whole before it has its name; one name is used once.
 * Faults: throws what the file system says.
 */
export async function writeToBucket(
  buckets: string,
  { flowLog, header, lines }: Written,
  { nowMs, randomBytes }: Pick<World, 'nowMs' | 'randomBytes'>,
): Promise<void> {
  const { destination } = flowLog
  if (destination.kind !== 'bucket') return
  const { folder, file } = placeOf(flowLog, destination, nowMs(), randomBytes(4).toString('hex'))
  const path = join(buckets, destination.bucket, folder)
  await mkdir(path, { recursive: true, mode: 0o700 })
  const text = [header, ...lines.map((line) => line.text)].join('\n')
  const unfinished = join(path, `.${file}.part`)
  await writeFile(unfinished, await gzipped(`${text}\n`), { mode: 0o600, flag: 'wx', flush: true })
  await rename(unfinished, join(path, file))
}

/** Source: VPC User Guide, "Publish flow logs to Amazon S3", "Flow log files". */
function placeOf(
  { account, region, flowLogId }: FlowLog,
  { prefix, hive, hourly }: FlowLog['destination'] & { readonly kind: 'bucket' },
  nowMs: number,
  unique: string,
): { readonly folder: string; readonly file: string } {
  const text = new Date(nowMs).toISOString()
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)]
  const [hour, minute] = [text.slice(11, 13), text.slice(14, 16)]
  const parts = [
    ['aws-account-id', account],
    ['aws-service', 'vpcflowlogs'],
    ['aws-region', region],
    ['year', year],
    ['month', month],
    ['day', day],
    ...(hourly ? [['hour', hour]] : []),
  ]
  const folders = parts.map(([name, value]) => (hive ? `${name}=${value}` : `${value}`))
  return {
    folder: join(prefix, 'AWSLogs', ...folders),
    file: `${account}_vpcflowlogs_${region}_${flowLogId}_${year}${month}${day}T${hour}${minute}Z_${unique}.log.gz`,
  }
}
