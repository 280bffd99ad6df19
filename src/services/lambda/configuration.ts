import type { Arn } from '#core/arn.ts'
import { parseArn } from '#core/arn.ts'
import { uuid } from '#core/ids.ts'
import type { Operations } from '#models/lambda.d.ts'
import { isRuntimeName, type RuntimeName } from '#functions/index.ts'
import type { LambdaCall } from './declare.ts'
import type { Configuration, FunctionDocument, StoredCode } from './documents.ts'
import { faults } from './faults.ts'
import { findLayers } from './layer-use.ts'
import { shownVariables, storedVariables } from './variables.ts'
import { versionArn } from './find.ts'

type CreateInput = Operations['CreateFunction']['input']
type UpdateInput = Operations['UpdateFunctionConfiguration']['input']
/** What CreateFunction and UpdateFunctionConfiguration share. */
type Wish = Omit<UpdateInput, 'FunctionName' | 'RevisionId'> &
  Pick<CreateInput, 'PackageType' | 'CodeSigningConfigArn' | 'Architectures' | 'TenancyConfig' | 'PublishTo'>

/** Source: Lambda API Reference, CreateFunction. Units: seconds, MB. */
const defaults = { timeoutSec: 3, memoryMiB: 128, storageMiB: 512 }

/** The architecture of this machine, the only one that code can have. */
const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64'

/**
 * Refuses what nothing would enforce. Differs: containers, file systems, VPCs, code signing, SnapStart, durable functions, tenants and
 * capacity providers are not built.
 */
export function assertEnforced(wish: Wish): void {
  const refuse = (is: unknown, what: string): void => {
    if (is) throw faults.invalid(`${what} is not supported by this deployment; see docs/services/lambda.md`)
  }
  refuse((wish.PackageType ?? 'Zip') !== 'Zip', 'PackageType Image')
  refuse(wish.ImageConfig, 'ImageConfig')
  refuse((wish.FileSystemConfigs?.length ?? 0) > 0, 'FileSystemConfigs')
  refuse(
    (wish.VpcConfig?.SubnetIds?.length ?? 0) + (wish.VpcConfig?.SecurityGroupIds?.length ?? 0) > 0,
    'VpcConfig',
  )
  refuse(wish.CodeSigningConfigArn, 'CodeSigningConfigArn')
  refuse((wish.SnapStart?.ApplyOn ?? 'None') !== 'None', 'SnapStart')
  refuse(wish.TenancyConfig, 'TenancyConfig')
  refuse(wish.CapacityProviderConfig, 'CapacityProviderConfig')
  refuse(wish.DurableConfig, 'DurableConfig')
  refuse(wish.RuntimeConfig, 'RuntimeConfig')
  refuse(wish.AcceleratorConfig, 'AcceleratorConfig')
  refuse(wish.PublishTo, 'PublishTo')
  refuse((wish.LoggingConfig?.LogFormat ?? 'Text') !== 'Text', 'LogFormat JSON')
  refuse(wish.LoggingConfig?.ApplicationLogLevel ?? wish.LoggingConfig?.SystemLogLevel, 'A log level')
  const [asked = architecture] = wish.Architectures ?? []
  refuse(asked !== architecture, `The architecture ${asked}, which this machine does not have,`)
}

/** A configuration with what a caller wishes of it; what is not wished stays. */
export function configured(
  call: LambdaCall,
  arn: Arn,
  wish: Wish,
  before: Configuration | undefined,
  code: StoredCode,
): Configuration {
  const roleArn = (wish.Role as Arn | undefined) ?? before?.roleArn // Looked up before.
  const handler = wish.Handler ?? before?.handler
  const runtime = wish.Runtime ?? before?.runtime
  if (roleArn === undefined) throw faults.role()
  if (handler === undefined || runtime === undefined)
    throw faults.invalid(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    )
  const name = parseArn(arn)?.resource.split(':')[1] ?? ''
  const kmsKeyArn = wish.KMSKeyArn === '' ? undefined : (wish.KMSKeyArn ?? before?.kmsKeyArn)
  const deadLetterArn = wish.DeadLetterConfig
    ? wish.DeadLetterConfig.TargetArn || undefined
    : before?.deadLetterArn
  return {
    runtime: knownRuntime(runtime),
    handler,
    roleArn,
    description: wish.Description ?? before?.description ?? '',
    timeoutSec: wish.Timeout ?? before?.timeoutSec ?? defaults.timeoutSec,
    memoryMiB: wish.MemorySize ?? before?.memoryMiB ?? defaults.memoryMiB,
    storageMiB: wish.EphemeralStorage?.Size ?? before?.storageMiB ?? defaults.storageMiB,
    variables: newVariables(call, arn, roleArn, wish, before, kmsKeyArn),
    kmsKeyArn,
    layers: wish.Layers ? findLayers(call, wish.Layers) : (before?.layers ?? []),
    deadLetterArn: deadLetterArn === undefined ? undefined : targetArn(deadLetterArn),
    tracing: wish.TracingConfig?.Mode ?? before?.tracing ?? 'PassThrough',
    logGroup: wish.LoggingConfig?.LogGroup ?? before?.logGroup ?? `/aws/lambda/${name}`,
    code,
    revisionId: uuid(call.randomBytes),
    modifiedAtMs: call.nowMs,
  }
}

function newVariables(
  call: LambdaCall,
  arn: Arn,
  roleArn: Arn,
  wish: Wish,
  before: Configuration | undefined,
  kmsKeyArn: string | undefined,
) {
  if (wish.Environment) return storedVariables(call, arn, roleArn, wish.Environment.Variables, kmsKeyArn)
  if (before?.variables === undefined) return undefined
  if (kmsKeyArn === before.kmsKeyArn && roleArn === before.roleArn) return before.variables
  // Another key, or another role: encrypted anew, by whoever may read them.
  const shown = shownVariables(call, before)
  if (shown?.Error) throw faults.decrypt(shown.Error.Message ?? '')
  return storedVariables(call, arn, roleArn, shown?.Variables, kmsKeyArn)
}

function knownRuntime(runtime: string): RuntimeName {
  if (!isRuntimeName(runtime))
    throw faults.invalid(`The runtime ${runtime} cannot be served by this deployment.`)
  return runtime
}

/** A queue or a topic of whatever account; who may send there is decided when something is sent. */
function targetArn(text: string): Arn {
  const parts = parseArn(text)
  if (parts?.service !== 'sqs' && parts?.service !== 'sns')
    throw faults.invalid(`The provided dead letter target '${text}' is neither a queue nor a topic`)
  return text as Arn // Parsed above.
}

/** A function's configuration as AWS shows it; that of a published version has its number in the ARN. */
export function shownConfiguration(
  call: LambdaCall,
  document: FunctionDocument,
  version: string,
  configuration: Configuration,
  qualifier?: string,
): Operations['GetFunctionConfiguration']['output'] {
  const { kmsKeyArn, deadLetterArn, code } = configuration
  const Environment = shownVariables(call, configuration)
  return {
    FunctionName: document.name,
    FunctionArn: qualifier === undefined ? document.arn : versionArn(document.arn, qualifier),
    Runtime: configuration.runtime,
    Role: configuration.roleArn,
    Handler: configuration.handler,
    CodeSize: code.bytes,
    Description: configuration.description,
    Timeout: configuration.timeoutSec,
    MemorySize: configuration.memoryMiB,
    LastModified: new Date(configuration.modifiedAtMs).toISOString().replace('Z', '+0000'),
    CodeSha256: code.sha256,
    Version: version,
    VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: '', Ipv6AllowedForDualStack: false },
    ...(deadLetterArn !== undefined && { DeadLetterConfig: { TargetArn: deadLetterArn } }),
    ...(Environment && { Environment }),
    ...(kmsKeyArn !== undefined && { KMSKeyArn: kmsKeyArn }),
    TracingConfig: { Mode: configuration.tracing },
    RevisionId: configuration.revisionId,
    ...(configuration.layers.length > 0 && {
      Layers: configuration.layers.map(({ arn, code: layer }) => ({ Arn: arn, CodeSize: layer.bytes })),
    }),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: [architecture],
    EphemeralStorage: { Size: configuration.storageMiB },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: { LogFormat: 'Text', LogGroup: configuration.logGroup },
  }
}
