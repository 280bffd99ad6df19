import { Agent } from 'node:http'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { EC2 } from '@aws-sdk/client-ec2'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { GuardDuty } from '@aws-sdk/client-guardduty'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { Lambda } from '@aws-sdk/client-lambda'
import { STS } from '@aws-sdk/client-sts'
import { WAFV2 } from '@aws-sdk/client-wafv2'
import type { Credentials } from '../../test/server.ts'

export const region = 'us-east-1'

/** The public SDK's clients, as somebody. */
export type Cloud = ReturnType<typeof cloudAs>

/** Clients of the API at `url`; `from` is the address that they call from, where it is not the usual one. */
export function cloudAs(url: string, credentials: Credentials, from?: string) {
  const options = {
    ...{ endpoint: url, region, credentials: { ...credentials }, maxAttempts: 1 },
    ...(from !== undefined && { requestHandler: { httpAgent: new Agent({ localAddress: from }) } }),
  }
  return {
    cloudTrail: new CloudTrail(options),
    ec2: new EC2(options),
    elbv2: new ElasticLoadBalancingV2(options),
    events: new EventBridge(options),
    guardDuty: new GuardDuty(options),
    iam: new IAM(options),
    kms: new KMS(options),
    lambda: new Lambda(options),
    sts: new STS(options),
    wafv2: new WAFV2(options),
  }
}

/** A policy of these statements. */
export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}
