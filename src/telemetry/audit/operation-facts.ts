import { actionReference } from '#core/access/service-reference.ts'
import { servicePrincipal } from '#core/service-principal.ts'
import { model, type ServiceName } from '#wire/index.ts'
import { isDataEvent } from './data-events.ts'
import { elementsWriter } from './elements.ts'

/** What is the same in every record of one operation. */
export interface OperationFacts {
  /** `"eventSource":"iam.amazonaws.com","eventName":"GetUser"`. */
  readonly source: string
  readonly readOnly: boolean
  /** A data event, or a management event. */
  readonly isData: boolean
  /** Fixed for global services, as in AWS: theirs is the partition's first region. */
  readonly isGlobal: boolean
  readonly requestParameters: (input: unknown) => string
  readonly responseElements: (output: unknown) => string
}

/** Prefixes of actions that are not the service's name. */
const actionPrefixes: ReadonlyMap<ServiceName, string> = new Map<ServiceName, string>([
  ['accessanalyzer', 'access-analyzer'],
  ['elbv2', 'elasticloadbalancing'],
])

/** Services that answer alike from every region, and whose records stand in the partition's first one. */
export const globalServices: ReadonlySet<ServiceName> = new Set<ServiceName>([
  'iam',
  'organizations',
  'cloudfront',
  'account',
  'shield',
  'ce',
])

/** Reads that hand out credentials: CloudTrail shows their answers (without the secrets). */
const answeringReads: ReadonlySet<string> = new Set([
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'AssumeRoot',
  'GetFederationToken',
  'GetSessionToken',
])

/**
 * Uses of keys: CloudTrail calls them reads, since they change nothing, though the service reference says that they write.
 * Source: KMS Developer Guide, "AWS KMS log entry examples", readOnly and responseElements of each.
 */
const usesOfKeys: ReadonlySet<string> = new Set([
  'Decapsulate',
  'Decrypt',
  'DeriveSharedSecret',
  'Encapsulate',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GenerateRandom',
  'ReEncrypt',
  'Sign',
  'Verify',
  'VerifyMac',
])

const known = new Map<ServiceName, Map<string, OperationFacts>>()

/** The facts of an operation; its model is read when it is first asked for. */
export function operationFacts(service: ServiceName, operation: string): OperationFacts {
  let ofService = known.get(service)
  if (!ofService) known.set(service, (ofService = new Map<string, OperationFacts>()))
  const facts = ofService.get(operation)
  if (facts) return facts
  const made = read(service, operation)
  ofService.set(operation, made)
  return made
}

function read(service: ServiceName, operation: string): OperationFacts {
  const described = model(service).operations.get(operation)
  const readOnly = isReadOnly(service, operation)
  const silent = () => 'null'
  return {
    source: `"eventSource":${JSON.stringify(servicePrincipal(service))},"eventName":${JSON.stringify(operation)}`,
    readOnly,
    isData: isDataEvent(service, operation),
    isGlobal: globalServices.has(service),
    requestParameters: described ? elementsWriter(service, described.input) : silent,
    responseElements:
      described?.output && (!readOnly || answeringReads.has(operation))
        ? elementsWriter(service, described.output)
        : silent,
  }
}

/** CloudTrail calls everything that STS does a read, and every use of a key; otherwise the service reference's access level decides, or the name. */
function isReadOnly(service: ServiceName, operation: string): boolean {
  if (service === 'sts' || (service === 'kms' && usesOfKeys.has(operation))) return true
  const level = actionReference(`${actionPrefixes.get(service) ?? service}:${operation}`)?.level
  if (level !== undefined) return level === 'Read' || level === 'List'
  return /^(?:Get|List|Describe|Lookup|BatchGet|Search|Test|Check|Validate)/.test(operation)
}
