import type { FindingFacts, Signal } from '#engines/detect/index.ts'
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
    const { partition, account, region, nowMs } = call
    for (const type of types) {
      const facts = all.get(type)
      if (!facts) throw faults.badParameter('findingTypes')
      takeSignal(call.tx, sampleOf(type, { account, region, atMs: nowMs }), {
        ...{ partition, scope: { account, region }, detector, publish, nowMs },
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
function sampleOf(type: string, { account, region, atMs }: Place): Signal {
  const instance = /^[^:]+:(?:EC2|Lambda|ECS|EKS)\//.test(type)
  const values = {
    ...{ api: 'GeneratedFindingAPIName', service: 'generatedfindingservice.amazonaws.com' },
    ...{ userName: 'GeneratedFindingUserName', iamUser: 'GeneratedFindingUserName' },
    ...{ accessKeyId: 'GeneratedFindingAccessKeyId', principal: 'GeneratedFindingPrincipalId' },
    ...{ accountId: account, region, remoteIp: '198.51.100.0', bucket: 'amzn-s3-demo-bucket' },
    ...{ instanceId: 'i-99999999', trail: 'GeneratedFindingTrail', roleName: 'GeneratedFindingRoleName' },
  }
  return {
    ...{ type, atMs, key: 'sample', resourceRole: 'TARGET', values, entities: [] },
    resource: instance
      ? { ResourceType: 'Instance', InstanceDetails: { InstanceId: values.instanceId } }
      : {
          ResourceType: /^[^:]+:S3\//.test(type) ? 'S3Bucket' : 'AccessKey',
          AccessKeyDetails: {
            AccessKeyId: values.accessKeyId,
            PrincipalId: values.principal,
            UserName: values.userName,
            UserType: 'IAMUser',
          },
          ...(/^[^:]+:S3\//.test(type) && {
            S3BucketDetails: [
              { Arn: `arn:aws:s3:::${values.bucket}`, Name: values.bucket, Type: 'Destination' },
            ],
          }),
        },
    action: instance
      ? {
          ActionType: 'NETWORK_CONNECTION',
          NetworkConnectionAction: {
            Blocked: false,
            ConnectionDirection: 'OUTBOUND',
            Protocol: 'TCP',
            RemoteIpDetails: { IpAddressV4: values.remoteIp },
          },
        }
      : {
          ActionType: 'AWS_API_CALL',
          AwsApiCallAction: {
            Api: values.api,
            CallerType: 'Remote IP',
            RemoteIpDetails: { IpAddressV4: values.remoteIp },
            ServiceName: values.service,
          },
        },
    additionalInfo: { sample: true },
  }
}
