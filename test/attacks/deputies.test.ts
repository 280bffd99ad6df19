// Goal: a service that acts by itself is let in by the target's policy alone, from the source that the policy names; nobody chooses what it says of
// itself. Method: each target of each service, against each policy that one writes, from another account's source and from one's own; and every place
// of the code from which a service acts on another one stands in the table with what says whom it acts for: a new one fails until it does.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { AccountId, Arn } from '#core/arn.ts'
import type { ServiceName } from '#wire/index.ts'
import { admin, cloudFor, home, stranger, victim } from './cloud.ts'
import { plant } from './plants.ts'

/** Where services act on others: the file, for whom it acts, and the test of the edge. */
const edges: Readonly<Record<string, readonly [actsFor: string, test: string]>> = {
  'src/core/deliveries/request.ts': [
    'whom the runners of EventBridge and Scheduler name',
    'src/services/events/deliveries.test.ts',
  ],
  'src/core/log-delivery.ts': ['the caller, who is asked for leave', 'src/services/logs/deliveries.test.ts'],
  'src/core/passed-roles.ts': ['the service that the role is passed to', 'test/attacks/pass-role.test.ts'],
  'src/services/cloudtrail/destinations.ts': [
    'the trail, by its role',
    'src/services/cloudtrail/log-group.test.ts',
  ],
  'src/services/cloudtrail/group-events.ts': [
    'the trail, by its role',
    'src/services/cloudtrail/log-group.test.ts',
  ],
  'src/services/ec2/flow-logs/delivery.ts': [
    'the flow log, by its role',
    'src/services/ec2/flow-logs/flow-logs.test.ts',
  ],
  'src/services/events/delivery-runner.ts': [
    'the rule, or its target’s role',
    'src/services/events/deliveries.test.ts',
  ],
  'src/services/guardduty/destinations/destinations.ts': [
    'the detector',
    'src/services/guardduty/destinations/destinations.test.ts',
  ],
  'src/services/lambda/deliver.ts': ['the function, by its role', 'src/services/lambda/async.test.ts'],
  'src/services/lambda/log-writer.ts': ['the function, by its role', 'src/services/lambda/functions.test.ts'],
  'src/services/lambda/provide.ts': ['the function, by its role', 'src/services/lambda/functions.test.ts'],
  'src/services/lambda/queue-poller.ts': [
    'the function, by its role',
    'src/services/lambda/mappings.test.ts',
  ],
  'src/services/lambda/variables.ts': [
    'the caller, who is asked for leave',
    'src/services/lambda/functions.test.ts',
  ],
  'src/services/logs/delivery-runner.ts': [
    'the delivery, of the log group’s account',
    'src/services/logs/deliveries.test.ts',
  ],
  'src/services/logs/keys.ts': ['the log group', 'src/services/logs/logs.test.ts'],
  'src/services/logs/filter-runner.ts': ['the log group', 'src/services/logs/filters.test.ts'],
  'src/services/logs/subscription-filters.ts': ['the log group', 'src/services/logs/filters.test.ts'],
  'src/services/scheduler/schedule-runner.ts': [
    'the schedule’s group, by its role',
    'src/services/scheduler/runs.test.ts',
  ],
  'src/services/sns/deliver.ts': ['the topic', 'src/services/sns/sns.test.ts'],
  'src/services/sns/delivery-runner.ts': ['the topic', 'src/services/sns/keys.test.ts'],
  'src/services/sns/door.ts': ['whoever has the token of a link', 'src/services/sns/links.test.ts'],
  'src/services/sns/key-service.ts': [
    'the publisher, who is asked for leave',
    'src/services/sns/keys.test.ts',
  ],
  'src/services/sqs/key-service.ts': [
    'the sender, who is asked for leave',
    'src/services/sqs/messages.test.ts',
  ],
}

const acts = /\bcallAsService\(\{?|\bdeliverBy\(|\bcall\.invoke\(|\bkms\.invoke\(/

test('each place from which a service acts on another one is known, with its test', () => {
  const files = globSync('src/{core,services}/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  )
  assert.ok(files.length > 500, `only ${files.length} files were read`)
  const found = files.filter((file) =>
    readFileSync(`${root}/${file}`, 'utf8')
      .split('\n')
      .some((line) => !/^\s*(?:\*|\/[/*])/.test(line) && acts.test(line)),
  )
  assert.deepEqual(found.toSorted(), Object.keys(edges).toSorted())
  for (const [file, [, tested]] of Object.entries(edges))
    assert.ok(readFileSync(`${root}/${tested}`, 'utf8').includes('test('), file)
})

const arnOf = (service: string, resource: string, account: AccountId = victim) =>
  `arn:aws:${service}:${home}:${account}:${resource}` as Arn // By construction.
const queueUrl = `https://sqs.${home}.amazonaws.com/${victim}/planted-queue`
const allow = (Principal: unknown, Action: string, Resource: string, Condition?: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Sid: 'in', Effect: 'Allow', Principal, Action, Resource, ...(Condition && { Condition }) },
  })

interface Target {
  /** The call that a service makes. */
  readonly call: readonly [ServiceName, string, object]
  /** The victim's call that sets its policy. */
  readonly policy: (principal: string, condition?: object) => readonly [ServiceName, string, object]
  readonly services: readonly string[]
}

const targets: Readonly<Record<string, Target>> = {
  queue: {
    call: ['sqs', 'SendMessage', { QueueUrl: queueUrl, MessageBody: 'a' }],
    policy: (Service, condition) => [
      'sqs',
      'SetQueueAttributes',
      {
        QueueUrl: queueUrl,
        Attributes: {
          Policy: allow({ Service }, 'sqs:SendMessage', arnOf('sqs', 'planted-queue'), condition),
        },
      },
    ],
    services: ['events', 'sns'],
  },
  topic: {
    call: ['sns', 'Publish', { TopicArn: arnOf('sns', 'planted-topic'), Message: 'a' }],
    policy: (Service, condition) => [
      'sns',
      'SetTopicAttributes',
      {
        ...{ TopicArn: arnOf('sns', 'planted-topic'), AttributeName: 'Policy' },
        AttributeValue: allow({ Service }, 'sns:Publish', arnOf('sns', 'planted-topic'), condition),
      },
    ],
    services: ['events'],
  },
  'log group': {
    call: [
      'logs',
      'PutLogEvents',
      {
        ...{ logGroupName: 'planted-logs', logStreamName: 'planted-stream' },
        logEvents: [{ timestamp: Date.now(), message: 'a' }],
      },
    ],
    policy: (Service, condition) => [
      'logs',
      'PutResourcePolicy',
      {
        policyName: 'in',
        policyDocument: allow(
          { Service },
          'logs:PutLogEvents',
          `${arnOf('logs', 'log-group:planted-logs')}:*`,
          condition,
        ),
      },
    ],
    services: ['events', 'delivery.logs'],
  },
  role: {
    call: ['sts', 'AssumeRole', { RoleArn: `arn:aws:iam::${victim}:role/nobody`, RoleSessionName: 'attack' }],
    policy: (Service, condition) => [
      'iam',
      'UpdateAssumeRolePolicy',
      {
        RoleName: 'nobody',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            ...{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' },
            ...(condition && { Condition: condition }),
          },
        }),
      },
    ],
    services: ['events', 'scheduler', 'lambda', 'cloudtrail', 'vpc-flow-logs'],
  },
}

const source = (account: AccountId) => arnOf('events', 'rule/watch', account)

/** What a policy asks besides the service, and whose sources it lets in. */
const conditions: readonly (readonly [
  sentence: string,
  condition: object | undefined,
  lets: readonly AccountId[],
])[] = [
  // Source: IAM User Guide, "The confused deputy problem": without a condition, the service is let in for whomever it acts.
  ['nothing', undefined, [victim, stranger]],
  ['the account', { StringEquals: { 'aws:SourceAccount': victim } }, [victim]],
  ['the source', { ArnEquals: { 'aws:SourceArn': source(victim) } }, [victim]],
  ['sources of the account', { ArnLike: { 'aws:SourceArn': `arn:aws:*:*:${victim}:*` } }, [victim]],
  ['another source', { ArnEquals: { 'aws:SourceArn': `${source(victim)}-2` } }, []],
  ['another account', { StringEquals: { 'aws:SourceAccount': stranger } }, [stranger]],
]

test('a target lets a service in for whom its policy names', async (t) => {
  const cloud = await cloudFor(t)
  await plant(cloud)
  let tried = 0
  for (const [title, { call, policy, services }] of Object.entries(targets))
    for (const principal of services.map((name) => `${name}.amazonaws.com`))
      for (const [sentence, condition, lets] of conditions) {
        const set = await cloud.call(admin(victim), ...policy(principal, condition))
        assert.ok(set.ok, `${title}: ${set.ok ? '' : set.fault.message}`)
        for (const account of [victim, stranger])
          for (const acting of [principal, 'guardduty.amazonaws.com']) {
            const [service, operation, input] = call
            const answer = await cloud.worker.callAsService({
              ...{ service, operation, region: home, account, input },
              as: { kind: 'service', principal: acting, sourceArn: source(account) },
            })
            // A log group is written to by its name, of the account for which the service acts.
            const own = title !== 'log group' || account === victim
            const want = own && acting === principal && lets.includes(account)
            tried += 1
            assert.equal(
              answer.ok ? 'ok' : answer.fault.code,
              want ? 'ok' : 'AccessDenied',
              `${title}, ${acting} for ${account}, policy of ${principal} asks for ${sentence}`,
            )
          }
      }
  assert.equal(tried, 10 * 6 * 4)
  assert.deepEqual(cloud.bugs(), [])
})

const root = `${import.meta.dirname}/../..`
