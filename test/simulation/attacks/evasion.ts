import { anomalous, type Technique } from '../technique.ts'

const selectors = (more: Readonly<Record<string, unknown>>) => ({
  trailName: 'main',
  eventSelectors: [
    {
      readWriteType: 'All',
      includeManagementEvents: true,
      dataResources: [],
      excludeManagementEventSources: [],
      ...more,
    },
  ],
})
const lifecycle = (bucketName: string, Days: number) => ({
  ...{ bucketName, lifecycle: '' },
  LifecycleConfiguration: { Rule: { ID: 'cleanup', Status: 'Enabled', Prefix: '', Expiration: { Days } } },
})

/** Defence evasion. */
export const evasionTechniques: readonly Technique[] = [
  {
    name: 'cloudtrail-delete',
    types: ['Stealth:IAMUser/CloudTrailLoggingDisabled', anomalous('DefenseEvasion')],
    attack: ({ call, thief }) => call(thief, { api: 'cloudtrail:DeleteTrail', request: { name: 'main' } }),
    twin: 'it was refused',
    nearMiss: ({ call, developer }) =>
      call(developer, { api: 'cloudtrail:DeleteTrail', request: { name: 'main' }, error: 'AccessDenied' }),
  },
  {
    name: 'cloudtrail-event-selectors',
    types: ['DefenseEvasion:IAMUser/TrailEventsExcluded', anomalous('DefenseEvasion')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'cloudtrail:PutEventSelectors',
        request: selectors({ readWriteType: 'ReadOnly', includeManagementEvents: false }),
      }),
    twin: 'the runner has a bucket’s data events logged as well',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'cloudtrail:PutEventSelectors',
        request: selectors({
          dataResources: [{ type: 'AWS::S3::Object', values: ['arn:aws:s3:::example-invoices/'] }],
        }),
      }),
  },
  {
    name: 'cloudtrail-lifecycle-rule',
    types: ['DefenseEvasion:S3/LogRetentionShortened', anomalous('Impact')],
    attack: ({ call, thief }) =>
      call(thief, { api: 's3:PutBucketLifecycle', request: lifecycle('example-cloudtrail-logs', 1) }),
    twin: 'the runner keeps logs for a year and a month',
    nearMiss: ({ call, runner }) =>
      call(runner, { api: 's3:PutBucketLifecycle', request: lifecycle('example-cloudtrail-logs', 400) }),
  },
  {
    name: 'cloudtrail-stop',
    types: ['Stealth:IAMUser/CloudTrailLoggingDisabled', anomalous('DefenseEvasion')],
    attack: ({ call, thief }) => call(thief, { api: 'cloudtrail:StopLogging', request: { name: 'main' } }),
    twin: 'the runner switches it on',
    nearMiss: ({ call, runner }) =>
      call(runner, { api: 'cloudtrail:StartLogging', request: { name: 'main' } }),
  },
  {
    name: 'dns-delete-logs',
    types: ['DefenseEvasion:EC2/DNSLogsDisabled', anomalous('DefenseEvasion')],
    attack: ({ call, thief }) => {
      call(thief, {
        api: 'route53resolver:DisassociateResolverQueryLogConfig',
        request: { resolverQueryLogConfigId: 'rqlc-1', resourceId: 'vpc-0aa' },
      })
      call(thief, {
        api: 'route53resolver:DeleteResolverQueryLogConfig',
        request: { resolverQueryLogConfigId: 'rqlc-1' },
      })
    },
    twin: 'the runner has another network logged',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'route53resolver:AssociateResolverQueryLogConfig',
        request: { resolverQueryLogConfigId: 'rqlc-1', resourceId: 'vpc-0bb' },
      }),
  },
  {
    name: 'organizations-leave',
    types: ['DefenseEvasion:IAMUser/OrganizationLeft', anomalous('DefenseEvasion')],
    attack: ({ call, thief }) => call(thief, { api: 'organizations:LeaveOrganization' }),
    twin: 'an administrator looks at the organization',
    nearMiss: ({ call, administrator }) => call(administrator, { api: 'organizations:DescribeOrganization' }),
  },
  {
    name: 'vpc-remove-flow-logs',
    types: ['DefenseEvasion:EC2/FlowLogsDeleted', anomalous('DefenseEvasion')],
    attack: ({ call, thief }) =>
      call(thief, {
        api: 'ec2:DeleteFlowLogs',
        request: { DeleteFlowLogsRequest: { FlowLogId: { tag: 1, content: 'fl-0aa' } } },
        response: { DeleteFlowLogsResponse: { unsuccessful: '' } },
      }),
    twin: 'the runner makes flow logs of another network',
    nearMiss: ({ call, runner }) =>
      call(runner, {
        api: 'ec2:CreateFlowLogs',
        request: {
          CreateFlowLogsRequest: { ResourceId: { tag: 1, content: 'vpc-0bb' }, TrafficType: 'ALL' },
        },
      }),
  },
]
