// Goal: what an attacker does is found, told and reacted to within a second by a server as it runs, and kill -9 neither loses nor doubles it.
// Method: a server of two workers and the published SDKs; a rule sends findings to a queue. Each round stops a trail; the server is killed at
// once after, before it has written down what it remembers.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { GuardDuty } from '@aws-sdk/client-guardduty'
import { SQS } from '@aws-sdk/client-sqs'
import { type Credentials, startServer, type TestServer } from '../server.ts'
import { until } from './edge-rig.ts'

const region = 'eu-west-1'
const type = 'Stealth:IAMUser/CloudTrailLoggingDisabled'
const FindingCriteria = { Criterion: { type: { Eq: [type] } } }

function clientsOf({ url: endpoint }: TestServer, credentials: Credentials) {
  const configuration = { region, endpoint, credentials, maxAttempts: 1 }
  return {
    cloudtrail: new CloudTrail(configuration),
    events: new EventBridge(configuration),
    guardduty: new GuardDuty(configuration),
    sqs: new SQS(configuration),
  }
}

test(
  'guardduty: an attack is found and told within a second, and counted once whatever is killed',
  { timeout: 120_000 },
  async (t) => {
    let server = await startServer({ workers: 2 })
    const { directory, administrator } = server
    t.after(async () => {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    })
    assert.ok(administrator)
    let clients = clientsOf(server, administrator)
    await clients.cloudtrail.createTrail({ Name: 'main', S3BucketName: 'audit-logs' })
    await clients.cloudtrail.startLogging({ Name: 'main' })
    const { DetectorId = '' } = await clients.guardduty.createDetector({ Enable: true })
    const { QueueUrl = '' } = await clients.sqs.createQueue({ QueueName: 'findings' })
    const { Attributes } = await clients.sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] })
    const queueArn = Attributes?.QueueArn ?? ''
    const { RuleArn } = await clients.events.putRule({
      Name: 'findings',
      EventPattern: '{"source":["aws.guardduty"]}',
    })
    const Statement = {
      ...{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' },
      ...{ Resource: queueArn, Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } } },
    }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await clients.sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } })
    await clients.events.putTargets({ Rule: 'findings', Targets: [{ Id: 'queue', Arn: queueArn }] })

    const startedMs = performance.now()
    await clients.cloudtrail.stopLogging({ Name: 'main' })
    const { Messages = [] } = await clients.sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 5 })
    const tookMs = performance.now() - startedMs
    const event = JSON.parse(Messages[0]?.Body ?? '{}') as { readonly detail?: { readonly type?: string } }
    assert.equal(event.detail?.type, type)
    assert.ok(tookMs < 1_000, `took ${tookMs} ms`)
    t.diagnostic(`attack to message: ${tookMs.toFixed(0)} ms`)

    const count = async (): Promise<number | undefined> => {
      const { FindingIds = [] } = await clients.guardduty.listFindings({ DetectorId, FindingCriteria })
      if (FindingIds.length === 0) return 0
      const { Findings = [] } = await clients.guardduty.getFindings({ DetectorId, FindingIds })
      return Findings[0]?.Service?.Count
    }
    for (let want = 2; want <= 5; want += 1) {
      await clients.cloudtrail.stopLogging({ Name: 'main' })
      // In every other round the finding is there when the server is killed.
      if (want % 2 === 0) await until(10_000, count, (value) => value === want)
      await server.kill()
      server = await startServer({ workers: 2, directory })
      clients = clientsOf(server, administrator)
      await until(10_000, count, (value) => value === want)
      const { FindingIds = [] } = await clients.guardduty.listFindings({ DetectorId, FindingCriteria })
      assert.equal(FindingIds.length, 1)
    }
  },
)
