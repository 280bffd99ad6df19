// Rows are data: long, since every finding type of this family has what fires it and a near miss.
import { answered, as, byService, call, refused } from '../calls.ts'
import type { Rows } from '../check-rows.ts'

const trail = { name: 'main' }
const selectors = (eventSelectors: readonly object[], name = 'main') =>
  call('cloudtrail:PutEventSelectors', { trailName: name, eventSelectors })
const advanced = (...fieldSelectors: readonly object[]) =>
  call('cloudtrail:PutEventSelectors', { trailName: 'main', advancedEventSelectors: [{ fieldSelectors }] })
const management = { field: 'eventCategory', equals: ['Management'] }
const lifecycle = (bucketName: string, ...Rule: readonly object[]) =>
  call('s3:PutBucketLifecycle', { bucketName, lifecycle: '', LifecycleConfiguration: { Rule } })
const madeTrail = (more: object = {}) =>
  call('cloudtrail:CreateTrail', { name: 'main', s3BucketName: 'logs-of-all', ...more })
const webAcl = (more: object) =>
  call('wafv2:UpdateWebACL', {
    name: 'shop',
    scope: 'REGIONAL',
    id: 'a1',
    defaultAction: { allow: {} },
    ...more,
  })
const rule = { name: 'sqli', priority: 0, action: { block: {} }, statement: {} }
const strong = {
  ...{ minimumPasswordLength: 14, requireSymbols: true, requireNumbers: true },
  ...{ requireUppercaseCharacters: true, requireLowercaseCharacters: true },
}
const filter = (findingCriteria: object, action = 'ARCHIVE') =>
  call('guardduty:CreateFilter', { detectorId: 'd1', name: 'quiet', action, findingCriteria })

const findingRule = () =>
  call('events:PutRule', { name: 'block', eventPattern: '{"source":["aws.guardduty"]}', state: 'ENABLED' })

const logging = 'Stealth:IAMUser/CloudTrailLoggingDisabled'
const excluded = 'DefenseEvasion:IAMUser/TrailEventsExcluded'
const weakened = 'DefenseEvasion:IAMUser/TrailWeakened'
const redirected = 'DefenseEvasion:IAMUser/TrailRedirected'
const retention = 'DefenseEvasion:S3/LogRetentionShortened'
const store = 'DefenseEvasion:IAMUser/EventDataStoreStopped'
const insights = 'DefenseEvasion:IAMUser/TrailInsightsDisabled'
const left = 'DefenseEvasion:IAMUser/OrganizationLeft'
const flows = 'DefenseEvasion:EC2/FlowLogsDeleted'
const dns = 'DefenseEvasion:EC2/DNSLogsDisabled'
const detection = 'DefenseEvasion:IAMUser/ThreatDetectionDisabled'
const threatList = 'DefenseEvasion:IAMUser/ThreatListRemoved'
const suppressed = 'DefenseEvasion:IAMUser/FindingsSuppressed'
const aclLogging = 'DefenseEvasion:WAF/LoggingDisabled'
const aclRemoved = 'DefenseEvasion:WAF/ProtectionRemoved'
const aclWeakened = 'DefenseEvasion:WAF/ProtectionWeakened'
const recorder = 'DefenseEvasion:IAMUser/ConfigurationRecordingStopped'
const services = 'DefenseEvasion:IAMUser/SecurityServiceDisabled'
const bedrock = 'DefenseEvasion:IAMUser/BedrockLoggingDisabled'
const alarms = 'DefenseEvasion:IAMUser/AlarmActionsDisabled'
const access = 'Stealth:S3/ServerAccessLoggingDisabled'
const passwords = 'Stealth:IAMUser/PasswordPolicyChange'

/** Logs, and what watches, are switched off. */
export const logRows: Rows = {
  fires: [
    [
      'DefenseEvasion:S3/TrailBucketRemoved',
      'the policy of a bucket of a trail is deleted',
      [madeTrail(), call('s3:DeleteBucketPolicy', { bucketName: 'logs-of-all' })],
    ],
    [
      'DefenseEvasion:IAMUser/SecurityLogsDeleted',
      'logs of a web ACL',
      [call('logs:DeleteLogGroup', { logGroupName: 'aws-waf-logs-shop' })],
    ],
    [
      'DefenseEvasion:IAMUser/SecurityLogsDeleted',
      'kept for a day',
      [call('logs:PutRetentionPolicy', { logGroupName: '/aws/cloudtrail', retentionInDays: 1 })],
    ],
    [
      'DefenseEvasion:IAMUser/ResponseDisabled',
      'a rule on findings is disabled',
      [findingRule(), call('events:DisableRule', { name: 'block' })],
    ],
    [
      'DefenseEvasion:IAMUser/ResponseDisabled',
      'its targets are removed',
      [findingRule(), call('events:RemoveTargets', { rule: 'block', ids: ['1'] })],
    ],
    [
      'DefenseEvasion:IAMUser/ResponseDisabled',
      'a rule of such a name is deleted',
      [call('events:DeleteRule', { name: 'guardduty-to-sns' })],
    ],
    [
      'DefenseEvasion:IAMUser/GuardrailRemoved',
      'detached',
      [call('organizations:DetachPolicy', { policyId: 'p-12345678', targetId: '111122223333' })],
    ],

    [logging, 'a trail is stopped', [call('cloudtrail:StopLogging', trail)]],
    [logging, 'a trail is deleted', [call('cloudtrail:DeleteTrail', trail)]],
    [
      excluded,
      'no management events',
      [
        selectors([
          {
            readWriteType: 'ReadOnly',
            includeManagementEvents: false,
            dataResources: [{ type: 'AWS::S3::Object', values: [] }],
          },
        ]),
      ],
    ],
    [excluded, 'reads only', [selectors([{ readWriteType: 'ReadOnly', includeManagementEvents: true }])]],
    [
      excluded,
      'all of IAM is left out',
      [selectors([{ readWriteType: 'All', excludeManagementEventSources: ['iam.amazonaws.com'] }])],
    ],
    [excluded, 'advanced: reads only', [advanced(management, { field: 'readOnly', equals: ['true'] })]],
    [
      excluded,
      'advanced: somebody is left out',
      [
        advanced(management, {
          field: 'userIdentity.arn',
          notEquals: ['arn:aws:iam::111122223333:user/eve'],
        }),
      ],
    ],
    [weakened, 'one region only', [call('cloudtrail:UpdateTrail', { ...trail, isMultiRegionTrail: false })]],
    [
      weakened,
      'no digests',
      [
        madeTrail({ enableLogFileValidation: true }),
        call('cloudtrail:UpdateTrail', { ...trail, enableLogFileValidation: false }),
      ],
    ],
    [
      redirected,
      'to another bucket than before',
      [madeTrail(), call('cloudtrail:UpdateTrail', { ...trail, s3BucketName: 'eve' })],
    ],
    [
      redirected,
      'a call about the bucket alone',
      [call('cloudtrail:UpdateTrail', { ...trail, s3BucketName: 'eve' })],
    ],
    [
      retention,
      'one day, on a bucket of a trail',
      [madeTrail(), lifecycle('logs-of-all', { Status: 'Enabled', Expiration: { Days: 1 } })],
    ],
    [
      retention,
      'one day, on a bucket that is called so',
      [
        call('s3:PutBucketLifecycle', {
          bucketName: 'my-cloudtrail-logs',
          LifecycleConfiguration: { Rule: { Status: 'Enabled', Expiration: { Days: 1 } } },
        }),
      ],
    ],
    [
      store,
      'a store is stopped',
      [
        call('cloudtrail:StopEventDataStoreIngestion', {
          eventDataStore: 'arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/e1',
        }),
      ],
    ],
    [
      insights,
      'none is left',
      [call('cloudtrail:PutInsightSelectors', { trailName: 'main', insightSelectors: [] })],
    ],
    [left, 'it leaves', [call('organizations:LeaveOrganization')]],
    [left, 'it tries', [call('organizations:LeaveOrganization', null, refused)]],
    [
      flows,
      'as CloudTrail writes it',
      [
        call(
          'ec2:DeleteFlowLogs',
          { DeleteFlowLogsRequest: { FlowLogId: { tag: 1, content: 'fl-1a2b3c4d' } } },
          answered({ DeleteFlowLogsResponse: { unsuccessful: '' } }),
        ),
      ],
    ],
    [
      dns,
      'a configuration is deleted',
      [call('route53resolver:DeleteResolverQueryLogConfig', { resolverQueryLogConfigId: 'rqlc-1' })],
    ],
    [
      dns,
      'a VPC is taken from one',
      [
        call('route53resolver:DisassociateResolverQueryLogConfig', {
          resolverQueryLogConfigId: 'rqlc-1',
          resourceId: 'vpc-1',
        }),
      ],
    ],
    [detection, 'it is deleted', [call('guardduty:DeleteDetector', { detectorId: 'd1' })]],
    [detection, 'it is disabled', [call('guardduty:UpdateDetector', { detectorId: 'd1', enable: false })]],
    [
      detection,
      'members go',
      [call('guardduty:DisassociateMembers', { detectorId: 'd1', accountIds: ['222233334444'] })],
    ],
    [
      threatList,
      'a list is deleted',
      [call('guardduty:DeleteThreatIntelSet', { detectorId: 'd1', threatIntelSetId: 't1' })],
    ],
    [suppressed, 'of any severity', [filter({ criterion: { severity: { gte: 1 } } })]],
    [suppressed, 'of no criterion', [filter({ criterion: {} })]],
    [
      aclLogging,
      'deleted',
      [
        call('wafv2:DeleteLoggingConfiguration', {
          resourceArn: 'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shop/a1',
        }),
      ],
    ],
    [
      aclRemoved,
      'from a load balancer',
      [
        call('wafv2:DisassociateWebACL', {
          resourceArn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/1',
        }),
      ],
    ],
    [aclWeakened, 'no rules', [webAcl({ rules: [] })]],
    [aclWeakened, 'all rules count', [webAcl({ rules: [{ ...rule, action: { count: {} } }] })]],
    [
      recorder,
      'stopped',
      [call('config:StopConfigurationRecorder', { configurationRecorderName: 'default' })],
    ],
    [services, 'Security Hub', [call('securityhub:DisableSecurityHub')]],
    [bedrock, 'deleted', [call('bedrock:DeleteModelInvocationLoggingConfiguration')]],
    [alarms, 'by a user', [call('monitoring:DisableAlarmActions', { alarmNames: ['root-login'] })]],
    [
      access,
      'an empty status',
      [
        call('s3:PutBucketLogging', {
          bucketName: 'shop',
          logging: '',
          BucketLoggingStatus: { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' },
        }),
      ],
    ],
    [passwords, 'deleted', [call('iam:DeleteAccountPasswordPolicy')]],
    [
      passwords,
      'short ones',
      [
        call('iam:UpdateAccountPasswordPolicy', strong),
        call('iam:UpdateAccountPasswordPolicy', { ...strong, minimumPasswordLength: 8 }),
      ],
    ],
  ],
  silent: [
    [
      'DefenseEvasion:S3/TrailBucketRemoved',
      'another bucket',
      [madeTrail(), call('s3:DeleteBucket', { bucketName: 'old-uploads' })],
    ],
    [
      'DefenseEvasion:IAMUser/SecurityLogsDeleted',
      'logs of a program',
      [call('logs:DeleteLogGroup', { logGroupName: '/aws/lambda/shop' })],
    ],
    [
      'DefenseEvasion:IAMUser/SecurityLogsDeleted',
      'kept for a year',
      [call('logs:PutRetentionPolicy', { logGroupName: '/aws/cloudtrail', retentionInDays: 365 })],
    ],
    [
      'DefenseEvasion:IAMUser/ResponseDisabled',
      'a rule on orders',
      [
        call('events:PutRule', { name: 'orders', eventPattern: '{"source":["shop"]}' }),
        call('events:DisableRule', { name: 'orders' }),
      ],
    ],
    [
      'DefenseEvasion:IAMUser/ResponseDisabled',
      'enabled again',
      [findingRule(), call('events:EnableRule', { name: 'block' }), findingRule()],
    ],
    [
      'DefenseEvasion:IAMUser/GuardrailRemoved',
      'a policy on tags',
      [call('organizations:DisablePolicyType', { rootId: 'r-1234', policyType: 'TAG_POLICY' })],
    ],
    [
      'DefenseEvasion:IAMUser/GuardrailRemoved',
      'refused',
      [call('organizations:DetachPolicy', { policyId: 'p-12345678', targetId: '111122223333' }, refused)],
    ],

    [logging, 'refused', [call('cloudtrail:StopLogging', trail, refused)]],
    [logging, 'started', [call('cloudtrail:StartLogging', trail)]],
    [
      excluded,
      'data events are added',
      [
        selectors([
          {
            readWriteType: 'All',
            includeManagementEvents: true,
            dataResources: [{ type: 'AWS::S3::Object', values: ['arn:aws:s3:::shop/'] }],
          },
        ]),
      ],
    ],
    [
      excluded,
      'keys are left out, as the console offers',
      [
        selectors([
          {
            readWriteType: 'All',
            includeManagementEvents: true,
            excludeManagementEventSources: ['kms.amazonaws.com'],
          },
        ]),
      ],
    ],
    [
      excluded,
      'a trail that is made for data events',
      [
        madeTrail(),
        selectors([
          {
            readWriteType: 'All',
            includeManagementEvents: false,
            dataResources: [{ type: 'AWS::S3::Object', values: ['arn:aws:s3'] }],
          },
        ]),
      ],
    ],
    [excluded, 'advanced: all management events', [advanced(management)]],
    [weakened, 'strengthened', [call('cloudtrail:UpdateTrail', { ...trail, isMultiRegionTrail: true })]],
    [
      weakened,
      'as it was',
      [
        madeTrail({ isMultiRegionTrail: false }),
        call('cloudtrail:UpdateTrail', { ...trail, isMultiRegionTrail: false }),
      ],
    ],
    [
      redirected,
      'the same bucket',
      [madeTrail(), call('cloudtrail:UpdateTrail', { ...trail, s3BucketName: 'logs-of-all' })],
    ],
    [
      redirected,
      'all settings are said, as the console does',
      [call('cloudtrail:UpdateTrail', { ...trail, s3BucketName: 'logs-of-all', isMultiRegionTrail: true })],
    ],
    [
      retention,
      'a year',
      [madeTrail(), lifecycle('logs-of-all', { Status: 'Enabled', Expiration: { Days: 365 } })],
    ],
    [
      retention,
      'one day, on a bucket for uploads',
      [lifecycle('shop-uploads', { Status: 'Enabled', Expiration: { Days: 1 } })],
    ],
    [
      retention,
      'a rule that is off',
      [lifecycle('audit-logs', { Status: 'Disabled', Expiration: { Days: 1 } })],
    ],
    [store, 'started', [call('cloudtrail:StartEventDataStoreIngestion', { eventDataStore: 'e1' })]],
    [store, 'refused', [call('cloudtrail:DeleteEventDataStore', { eventDataStore: 'e1' }, refused)]],
    [
      insights,
      'one is left',
      [
        call('cloudtrail:PutInsightSelectors', {
          trailName: 'main',
          insightSelectors: [{ insightType: 'ApiCallRateInsight' }],
        }),
      ],
    ],
    [left, 'somebody looks at it', [call('organizations:DescribeOrganization')]],
    [
      flows,
      'none was deleted',
      [
        call(
          'ec2:DeleteFlowLogs',
          { DeleteFlowLogsRequest: { FlowLogId: { tag: 1, content: 'fl-1' } } },
          answered({ DeleteFlowLogsResponse: { unsuccessful: { item: [{ resourceId: 'fl-1' }] } } }),
        ),
      ],
    ],
    [flows, 'they are looked at', [call('ec2:DescribeFlowLogs')]],
    [
      dns,
      'associated',
      [call('route53resolver:AssociateResolverQueryLogConfig', { resolverQueryLogConfigId: 'rqlc-1' })],
    ],
    [
      detection,
      'another frequency',
      [
        call('guardduty:UpdateDetector', {
          detectorId: 'd1',
          enable: true,
          findingPublishingFrequency: 'SIX_HOURS',
        }),
      ],
    ],
    [
      threatList,
      'renamed',
      [call('guardduty:UpdateThreatIntelSet', { detectorId: 'd1', threatIntelSetId: 't1', name: 'x' })],
    ],
    [
      suppressed,
      'of one type',
      [filter({ criterion: { type: { equals: ['Recon:EC2/PortProbeUnprotectedPort'] } } })],
    ],
    [suppressed, 'low ones', [filter({ criterion: { severity: { lt: 4 } } })]],
    [suppressed, 'a filter for looking', [filter({ criterion: {} }, 'NOOP')]],
    [aclLogging, 'put', [call('wafv2:PutLoggingConfiguration', { loggingConfiguration: {} })]],
    [aclRemoved, 'associated', [call('wafv2:AssociateWebACL', { webACLArn: 'a', resourceArn: 'r' })]],
    [aclWeakened, 'a rule is left', [webAcl({ rules: [rule, { ...rule, action: { count: {} } }] })]],
    [aclWeakened, 'it blocks by default', [webAcl({ rules: [], defaultAction: { block: {} } })]],
    [aclWeakened, 'rules of a vendor', [webAcl({ rules: [{ name: 'v', overrideAction: { none: {} } }] })]],
    [
      recorder,
      'started',
      [call('config:StartConfigurationRecorder', { configurationRecorderName: 'default' })],
    ],
    [services, 'enabled', [call('securityhub:EnableSecurityHub')]],
    [bedrock, 'put', [call('bedrock:PutModelInvocationLoggingConfiguration')]],
    [
      alarms,
      'by Auto Scaling',
      [call('monitoring:DisableAlarmActions', { alarmNames: ['a'] }, byService('autoscaling.amazonaws.com'))],
    ],
    [
      access,
      'into a bucket',
      [
        call('s3:PutBucketLogging', {
          bucketName: 'shop',
          BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'logs' } },
        }),
      ],
    ],
    [passwords, 'a strong one', [call('iam:UpdateAccountPasswordPolicy', strong, as('bob'))]],
    [
      passwords,
      'a stronger one than before',
      [
        call('iam:UpdateAccountPasswordPolicy', strong),
        call('iam:UpdateAccountPasswordPolicy', { ...strong, maxPasswordAge: 90 }),
      ],
    ],
  ],
}
