// Goal: logging configurations are checked and kept for the edge, each on its web ACL.
// Method: AWS's own client through the whole pipeline; rows with reasons.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoggingConfiguration } from '@aws-sdk/client-wafv2'
import {
  here,
  invalid,
  type Made,
  made,
  noId,
  refusal,
  type Rig,
  rig,
  there,
  visibility,
} from './rig.test.ts'

const Scope = 'REGIONAL'
const bucket = 'arn:aws:s3:::aws-waf-logs-ours'
const nonexistent = /^WAFNonexistentItemException/

async function newACL(admin: Rig['admin'], Name: string): Promise<Made> {
  const DefaultAction = { Allow: {} }
  return made(await admin.createWebACL({ Name, Scope, DefaultAction, VisibilityConfig: visibility(Name) }))
}

test('a configuration is put, shown, replaced, listed and deleted', async () => {
  const { admin } = await rig()
  const acl = await newACL(admin, 'acl')
  const ResourceArn = acl.ARN
  const full: LoggingConfiguration = {
    ResourceArn,
    LogDestinationConfigs: [bucket],
    RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { UriPath: {} }],
    LoggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: [
            { ActionCondition: { Action: 'BLOCK' } },
            { LabelNameCondition: { LabelName: 'a:b' } },
          ],
        },
      ],
    },
  }
  const added = { LogType: 'WAF_LOGS', LogScope: 'CUSTOMER', ManagedByFirewallManager: false }
  const put = await admin.putLoggingConfiguration({ LoggingConfiguration: full })
  assert.deepEqual(put.LoggingConfiguration, { ...full, ...added })
  const shown = await admin.getLoggingConfiguration({ ResourceArn })
  assert.deepEqual(shown.LoggingConfiguration, { ...full, ...added })
  const lake = { ResourceArn, LogScope: 'SECURITY_LAKE' } as const
  assert.match(await refusal(admin.getLoggingConfiguration(lake)), nonexistent, 'each scope has its own')

  const plain = { ResourceArn, LogDestinationConfigs: [bucket] }
  await admin.putLoggingConfiguration({ LoggingConfiguration: plain })
  const ofLake = () =>
    admin.putLoggingConfiguration({ LoggingConfiguration: { ...plain, LogScope: 'SECURITY_LAKE' } })
  assert.match(await refusal(ofLake()), /a log already, of scope CUSTOMER/, 'one log is written')
  const { LoggingConfigurations } = await admin.listLoggingConfigurations({ Scope })
  assert.deepEqual(LoggingConfigurations, [{ ...plain, ...added }])
  assert.equal((await admin.getWebACL({ ARN: ResourceArn })).LockToken, acl.LockToken)

  await admin.deleteLoggingConfiguration({ ResourceArn })
  assert.match(await refusal(admin.getLoggingConfiguration({ ResourceArn })), nonexistent)
  assert.match(await refusal(admin.deleteLoggingConfiguration({ ResourceArn })), nonexistent)
  await ofLake()
  assert.match(
    await refusal(admin.putLoggingConfiguration({ LoggingConfiguration: plain })),
    /a log already, of scope SECURITY_LAKE/,
  )
  await admin.deleteWebACL({ ...acl, Scope })
  const left = await admin.listLoggingConfigurations({ Scope, LogScope: 'SECURITY_LAKE' })
  assert.deepEqual(left.LoggingConfigurations, [], 'a web ACL takes its configurations along')
})

test('what is no sensible configuration is refused', async () => {
  const { admin, user } = await rig()
  const { ARN: ResourceArn } = await newACL(admin, 'acl')
  const put = (more: Partial<LoggingConfiguration>) =>
    admin.putLoggingConfiguration({
      LoggingConfiguration: { ResourceArn, LogDestinationConfigs: [bucket], ...more },
    })
  const to = (...LogDestinationConfigs: string[]) => put({ LogDestinationConfigs })
  const destination = (arn: string) => invalid('LOG_DESTINATION', arn, 'The ARN isn’t valid.')
  const redacted = (name: string) =>
    invalid('FIELD_TO_MATCH', name, 'A redacted field is one of UriPath, QueryString, SingleHeader, Method.')
  const condition = invalid(
    'FILTER_CONDITION',
    'Condition',
    'A condition is either about an action or about a label.',
  )
  const filter = (condition: object) =>
    put({
      LoggingFilter: {
        DefaultBehavior: 'KEEP',
        Filters: [{ Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [condition] }],
      },
    })
  const stream = `arn:aws:firehose:us-east-1:${here}:deliverystream/aws-waf-logs-x`
  const group = `arn:aws:logs:us-east-1:${here}:log-group:aws-waf-logs-x`
  const noStreams = 'Logs are delivered to buckets and log groups only.'
  const foreign = group.replace(here, there)
  const elsewhere = group.replace('us-east-1', 'eu-west-1')
  const rows: readonly (readonly [string, () => Promise<unknown>, string | RegExp])[] = [
    ['a delivery stream', () => to(stream), invalid('LOG_DESTINATION', stream, noStreams)],
    ['a log group that is not there', () => to(group), nonexistent],
    ['a log group of another account', () => to(foreign), destination(foreign)],
    ['a log group of another region', () => to(elsewhere), destination(elsewhere)],
    ['a bucket’s folder', () => to(`${bucket}/folder`), 'no refusal'],
    ['a bucket of another name', () => to('arn:aws:s3:::other-logs'), destination('arn:aws:s3:::other-logs')],
    [
      'a log group of another name',
      () => to(group.replace('aws-waf-logs-', '')),
      destination(group.replace('aws-waf-logs-', '')),
    ],
    ['a queue', () => to(`arn:aws:sqs:us-east-1:${here}:aws-waf-logs-q`), /field: LOG_DESTINATION/],
    ['two destinations', () => to(bucket, stream), /^WAFLimitsExceededException/],
    ['a field that is not redacted', () => put({ RedactedFields: [{ Body: {} }] }), redacted('Body')],
    ['no field', () => put({ RedactedFields: [{}] }), redacted('')],
    ['a condition about nothing', () => filter({}), condition],
    [
      'a condition about both',
      () => filter({ ActionCondition: { Action: 'BLOCK' }, LabelNameCondition: { LabelName: 'a' } }),
      condition,
    ],
    [
      'a web ACL that is not there',
      () => put({ ResourceArn: ResourceArn.replace(/[^/]+$/, noId) }),
      nonexistent,
    ],
  ]
  let ran = 0
  for (const [title, call, want] of rows) {
    const got = await refusal(call())
    if (typeof want === 'string') assert.equal(got, want, title)
    else assert.match(got, want, title)
    ran += 1
  }
  assert.equal(ran, 14)

  const only = await user('only', {
    Effect: 'Allow',
    Action: 'wafv2:*LoggingConfiguration*',
    Resource: '*',
    Condition: { StringEquals: { 'wafv2:LogScope': 'CUSTOMER' } },
  })
  await only.getLoggingConfiguration({ ResourceArn })
  await only.listLoggingConfigurations({ Scope })
  const lake = { ResourceArn, LogScope: 'SECURITY_LAKE' } as const
  for (const denied of [
    only.getLoggingConfiguration(lake),
    only.deleteLoggingConfiguration(lake),
    only.listLoggingConfigurations({ Scope, LogScope: 'SECURITY_LAKE' }),
    only.putLoggingConfiguration({ LoggingConfiguration: { ...lake, LogDestinationConfigs: [bucket] } }),
  ])
    assert.match(await refusal(denied), /^AccessDeniedException/)
})
