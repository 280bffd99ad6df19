import assert from 'node:assert/strict'
import * as acm from '@aws-sdk/client-acm'
import * as cloudtrail from '@aws-sdk/client-cloudtrail'
import * as cloudwatch from '@aws-sdk/client-cloudwatch'
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as ec2 from '@aws-sdk/client-ec2'
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2'
import * as events from '@aws-sdk/client-eventbridge'
import * as iam from '@aws-sdk/client-iam'
import * as kms from '@aws-sdk/client-kms'
import * as lambda from '@aws-sdk/client-lambda'
import * as sns from '@aws-sdk/client-sns'
import * as sqs from '@aws-sdk/client-sqs'
import * as sts from '@aws-sdk/client-sts'
import * as wafv2 from '@aws-sdk/client-wafv2'
import { type Answer, type ClientMaker, typed } from './client.ts'

const packages = {
  acm,
  cloudtrail,
  cloudwatch,
  ec2,
  elbv2,
  events,
  iam,
  kms,
  lambda,
  logs,
  sns,
  sqs,
  sts,
  wafv2,
} as const
const clients = {
  acm: acm.ACMClient,
  cloudtrail: cloudtrail.CloudTrailClient,
  cloudwatch: cloudwatch.CloudWatchClient,
  ec2: ec2.EC2Client,
  elbv2: elbv2.ElasticLoadBalancingV2Client,
  events: events.EventBridgeClient,
  iam: iam.IAMClient,
  kms: kms.KMSClient,
  lambda: lambda.LambdaClient,
  logs: logs.CloudWatchLogsClient,
  sns: sns.SNSClient,
  sqs: sqs.SQSClient,
  sts: sts.STSClient,
  wafv2: wafv2.WAFV2Client,
} as const

interface AnyClient {
  send(command: unknown): Promise<object>
  destroy(): void
}

/** AWS SDK for JavaScript v3. */
export const sdk: ClientMaker = (t, url) => {
  // Each client sends commands of its own type; a command of the same service fits.
  const made = new Map<string, AnyClient>()
  t.after(() => {
    for (const client of made.values()) client.destroy()
  })
  return typed(async (service, operation, input, credentials, region) => {
    const key = JSON.stringify([service, region, credentials])
    // A copy: the SDK writes into the credentials that it is given.
    const options = { endpoint: url, region, credentials: { ...credentials }, maxAttempts: 1 }
    const client: AnyClient = made.get(key) ?? new clients[service](options)
    made.set(key, client)
    const Command = new Map(Object.entries(packages[service])).get(`${operation}Command`)
    assert.ok(typeof Command === 'function', `the SDK has no ${service} ${operation}`)
    try {
      const output = await client.send(Reflect.construct(Command, [input]))
      return { ok: true, output }
    } catch (error) {
      return failure(error)
    }
  })
}

/** Reads an SDK's exception; anything else is the test's own mistake. */
export function failure(error: unknown): Answer<never> {
  if (!(error instanceof Error) || !('$metadata' in error)) throw error
  return { ok: false, code: error.name, message: error.message, exception: error.constructor.name }
}
