// Goal: Terraform's official AWS provider manages queues, topics, logs, rules, functions and trails as it does on AWS, and what it made works.
// Method: examples/terraform/events, unchanged, is applied, planned (which must find nothing to do), used, changed in place, partly forgotten
// and imported, and destroyed.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudTrail } from '@aws-sdk/client-cloudtrail'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { Lambda } from '@aws-sdk/client-lambda'
import { SNS } from '@aws-sdk/client-sns'
import { SQS } from '@aws-sdk/client-sqs'
import { zip } from '../functions/zip.ts'
import { devAdministrator } from '../server.ts'
import { curl, until } from './edge-rig.ts'
import { terraformTest } from './terraform-steps.ts'

const resources = 54
const account = '000000000000'
const msMax = 20_000
const handler = 'exports.handler = async () => ({ team: process.env.TEAM })'

terraformTest(
  'terraform: messages, logs, events, functions and trails are applied, planned empty, used, changed, imported and destroyed',
  { example: 'events' },
  async ({ server, directory, apply, change, readopt, destroy, output }) => {
    writeFileSync(join(directory, 'code.zip'), zip({ name: 'index.js', content: handler }))
    const logs = new CloudWatchLogs(optionsOf(server.url))
    const events = new EventBridge(optionsOf(server.url))
    const before = await everythingOf(server.url)

    await apply(resources, '-var=code=code.zip')
    const url = await output('url')
    assert.deepEqual(JSON.parse((await curl(url)).body), { team: 'blue' })
    const sold = { Source: 'shop', DetailType: 'sold', Detail: '{"price":3}', EventBusName: 'shop' }
    assert.equal((await events.putEvents({ Entries: [sold] })).FailedEntryCount, 0)
    const found = async () => (await logs.filterLogEvents({ logGroupName: '/aws/events/shop' })).events ?? []
    const { value } = await until(msMax, found, ({ length }) => length > 0)
    assert.match(value[0]?.message ?? '', /"price":3/)

    await change(10, '-var=team=green', '-var=retention_days=30')
    assert.deepEqual(JSON.parse((await curl(url)).body), { team: 'green' })

    await readopt(idsAt(await output('orders_queue')))
    await destroy(resources)
    assert.deepEqual(await everythingOf(server.url), before)
  },
)

/** Of each kind what the provider imports as it was made: it never imports code, secrets and how long to wait. */
function idsAt(ordersQueue: string): readonly (readonly [resource: string, id: string])[] {
  const payments = ordersQueue.replace(/orders$/, 'payments.fifo')
  const topic = (name: string) => `arn:aws:sns:us-east-1:${account}:${name}`
  return [
    ['aws_sqs_queue.orders', ordersQueue],
    ['aws_sqs_queue.payments', payments],
    ['aws_sns_topic.orders', topic('orders')],
    ['aws_sns_topic.payments', topic('payments.fifo')],
    ['aws_sns_topic_policy.orders', topic('orders')],
    ['aws_cloudwatch_log_group.shop', '/shop/web'],
    ['aws_cloudwatch_log_stream.shop', '/shop/web:host-1'],
    ['aws_cloudwatch_log_metric_filter.errors', '/shop/web:errors'],
    ['aws_cloudwatch_log_subscription_filter.errors', '/shop/web|errors'],
    ['aws_cloudwatch_log_resource_policy.events', 'events'],
    ['aws_cloudwatch_event_bus.shop', 'shop'],
    ['aws_cloudwatch_event_bus_policy.shop', 'shop'],
    ['aws_cloudwatch_event_permission.warehouse', 'default/Warehouse'],
    ['aws_cloudwatch_event_rule.sold', 'shop/sold'],
    ['aws_cloudwatch_event_rule.nightly', 'nightly'],
    ['aws_cloudwatch_event_target.queue', 'shop/sold/queue'],
    ['aws_cloudwatch_event_target.ledger', 'shop/sold/ledger'],
    ['aws_cloudwatch_event_archive.shop', 'shop'],
    ['aws_cloudwatch_event_api_destination.ledger', 'ledger'],
    ['aws_lambda_alias.live', 'watch/live'],
    ['aws_lambda_function_url.live', 'watch/live'],
    ['aws_lambda_permission.topic', 'watch/topic'],
    ['aws_lambda_permission.url', 'watch:live/url'],
    ['aws_lambda_function_event_invoke_config.watch', 'watch'],
    ['aws_cloudtrail.shop', `arn:aws:cloudtrail:us-east-1:${account}:trail/shop`],
  ]
}

function optionsOf(url: string) {
  return { endpoint: url, region: 'us-east-1', credentials: { ...devAdministrator } }
}

/** All that the example makes is in one of these, but for roles and its key. */
async function everythingOf(url: string): Promise<readonly unknown[]> {
  const options = optionsOf(url)
  const [sqs, sns, logs] = [new SQS(options), new SNS(options), new CloudWatchLogs(options)]
  const [events, lambda, cloudTrail] = [
    new EventBridge(options),
    new Lambda(options),
    new CloudTrail(options),
  ]
  const answers = await Promise.all([
    sqs.listQueues({}).then(({ QueueUrls = [] }) => QueueUrls),
    sns.listTopics({}).then(({ Topics }) => Topics),
    sns.listSubscriptions({}).then(({ Subscriptions }) => Subscriptions),
    logs.describeLogGroups({}).then(({ logGroups }) => logGroups),
    logs.describeResourcePolicies({}).then(({ resourcePolicies }) => resourcePolicies),
    logs.describeQueryDefinitions({}).then(({ queryDefinitions }) => queryDefinitions),
    events
      .listEventBuses({})
      .then(({ EventBuses = [] }) => EventBuses.map(({ Name, Policy }) => [Name, Policy])),
    events.listRules({}).then(({ Rules }) => Rules),
    events.listArchives({}).then(({ Archives }) => Archives),
    events.listConnections({}).then(({ Connections }) => Connections),
    events.listApiDestinations({}).then(({ ApiDestinations }) => ApiDestinations),
    lambda.listFunctions({}).then(({ Functions }) => Functions),
    lambda.listLayers({}).then(({ Layers }) => Layers),
    lambda.listEventSourceMappings({}).then(({ EventSourceMappings }) => EventSourceMappings),
    cloudTrail.listTrails({}).then(({ Trails }) => Trails),
    // Gone after seven days.
    cloudTrail
      .listEventDataStores({})
      .then(({ EventDataStores = [] }) =>
        EventDataStores.filter(({ Status }) => Status !== 'PENDING_DELETION'),
      ),
  ])
  return answers
}
