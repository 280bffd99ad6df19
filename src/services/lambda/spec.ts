import { createHash } from 'node:crypto'
import type { FunctionSpec } from '#functions/index.ts'
import type { Configuration, FunctionDocument } from './documents.ts'

/** What an environment of a version is made from. */
export function specOf(
  document: FunctionDocument,
  version: string,
  configuration: Configuration,
): FunctionSpec {
  const { arn, account, region, name, reserved } = document
  return {
    // A revision is never used twice.
    key: createHash('sha256')
      .update(JSON.stringify([arn, version, configuration.revisionId]))
      .digest('hex'),
    functionArn: arn,
    account,
    functionName: name,
    version,
    region,
    roleArn: configuration.roleArn,
    runtime: configuration.runtime,
    handler: configuration.handler,
    timeoutSec: configuration.timeoutSec,
    memoryMiB: configuration.memoryMiB,
    storageMiB: configuration.storageMiB,
    code: configuration.code.digest,
    layers: configuration.layers.map(({ code }) => code.digest),
    ...(configuration.variables && { variables: configuration.variables }),
    logGroup: configuration.logGroup,
    ...(reserved !== undefined && { reserved }),
  }
}
