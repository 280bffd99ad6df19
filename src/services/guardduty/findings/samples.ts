import { type FindingFacts, namesIn, type Signal } from '#engines/detect/index.ts'
import type { Action, Resource } from '#models/guardduty.d.ts'
import { guardduty, onAll } from '../declare.ts'
import { faults } from '../faults.ts'
import { findDetector } from '../find.ts'
import { takeSignal } from './aggregate.ts'

/**
 * Makes a sample finding of each type asked for, of all without any: told of as any other. Samples say so in their titles and additional
 * information.
 * Faults: BadRequestException for a type that is never found here.
 * Source: GuardDuty User Guide, "Sample findings".
 */
export const CreateSampleFindings = guardduty('CreateSampleFindings', {
  target: ({ DetectorId }, call) => findDetector(call, DetectorId),
  access: () => onAll('CreateSampleFindings'),
  run({ target: detector, input: { FindingTypes = [] }, call }) {
    const { publish, running } = call.parts
    const all = new Map(running.flatMap(({ finds }) => Object.entries<FindingFacts>(finds)))
    const types = FindingTypes.length === 0 ? [...all.keys()] : [...new Set(FindingTypes)]
    const { partition, account, region, nowMs, randomBytes } = call
    for (const type of types) {
      const facts = all.get(type)
      if (!facts) throw faults.badParameter('findingTypes')
      takeSignal(call.tx, sampleOf(type, facts, { account, region, atMs: nowMs }), {
        ...{ partition, scope: { account, region }, detector, publish, nowMs, randomBytes },
        factsOf: () => ({ ...facts, title: `[SAMPLE] ${facts.title}` }),
        origin: () => ({}),
      })
    }
    return {}
  },
})

interface Place {
  readonly account: string
  readonly region: string
  readonly atMs: number
}

/** Addresses, ids and names that stand for none. Source: RFC 5737. */
function sampleOf(type: string, facts: FindingFacts, { account, region, atMs }: Place): Signal {
  const known = { accountId: account, region, remoteIp: '198.51.100.0', instanceId: 'i-99999999' }
  const values: Readonly<Record<string, string>> = { ...generated(facts), ...known }
  return {
    ...{ type, atMs, key: 'sample', resourceRole: 'TARGET', values, entities: [] },
    ...aboutOf(/^[^:]+:([^/]+)\//.exec(type)?.[1] ?? '', known),
    additionalInfo: { sample: true },
  }
}

/** A value for every name in the texts of a type: `GeneratedFindingUserName`. */
function generated({ title, description, remediation }: FindingFacts): Readonly<Record<string, string>> {
  const texts = [title, description, ...remediation.flatMap(({ text, command = '' }) => [text, command])]
  const names = texts.flatMap(namesIn)
  return Object.fromEntries(
    names.map((name) => [name, `GeneratedFinding${name.slice(0, 1).toUpperCase()}${name.slice(1)}`]),
  )
}

const call: Action = {
  ActionType: 'AWS_API_CALL',
  AwsApiCallAction: {
    Api: 'GeneratedFindingAPIName',
    CallerType: 'Remote IP',
    RemoteIpDetails: { IpAddressV4: '198.51.100.0' },
    ServiceName: 'generatedfindingservice.amazonaws.com',
  },
}
const connection: Action = {
  ActionType: 'NETWORK_CONNECTION',
  NetworkConnectionAction: {
    Blocked: false,
    ConnectionDirection: 'OUTBOUND',
    Protocol: 'TCP',
    RemoteIpDetails: { IpAddressV4: '198.51.100.0' },
  },
}
const key: Resource = {
  ResourceType: 'AccessKey',
  AccessKeyDetails: {
    AccessKeyId: 'GeneratedFindingAccessKeyId',
    PrincipalId: 'GeneratedFindingPrincipalId',
    UserName: 'GeneratedFindingUserName',
    UserType: 'IAMUser',
  },
}

/** What a sample is about, by the kind of resource in its type. */
function aboutOf(
  kind: string,
  { accountId, region, instanceId }: Readonly<Record<'accountId' | 'region' | 'instanceId', string>>,
): Pick<Signal, 'resource' | 'action'> {
  switch (kind) {
    case 'EC2':
      return {
        resource: { ResourceType: 'Instance', InstanceDetails: { InstanceId: instanceId } },
        action: connection,
      }
    case 'Lambda': {
      const FunctionArn = `arn:aws:lambda:${region}:${accountId}:function:GeneratedFindingFunctionName`
      const LambdaDetails = { FunctionArn, FunctionName: 'GeneratedFindingFunctionName' }
      return { resource: { ResourceType: 'Lambda', LambdaDetails }, action: connection }
    }
    case 'S3': {
      const Name = 'amzn-s3-demo-bucket'
      const S3BucketDetails = [{ Arn: `arn:aws:s3:::${Name}`, Name, Type: 'Destination' }]
      return { resource: { ...key, ResourceType: 'S3Bucket', S3BucketDetails }, action: call }
    }
    default:
      return { resource: key, action: call }
  }
}
