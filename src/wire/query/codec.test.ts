// Goal: the query protocols' names: lists flattened or not, SQS's and EC2's own. Method: rows of whole requests and answers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServiceName } from '#models/index.d.ts'
import { model } from '../model.ts'
import { ec2, query } from './codec.ts'

const requests: readonly [
  name: string,
  service: ServiceName,
  operation: string,
  body: string,
  want: object,
][] = [
  [
    'a list',
    'iam',
    'TagUser',
    'UserName=a&Tags.member.1.Key=k&Tags.member.1.Value=v',
    { UserName: 'a', Tags: [{ Key: 'k', Value: 'v' }] },
  ],
  [
    'elements out of order',
    'iam',
    'UntagUser',
    'UserName=a&TagKeys.member.10=c&TagKeys.member.2=b&TagKeys.member.1=a',
    { UserName: 'a', TagKeys: ['a', 'b', 'c'] },
  ],
  ['an empty list', 'iam', 'TagUser', 'UserName=a&Tags=', { UserName: 'a', Tags: [] }],
  [
    'a map with names of its own',
    'sns',
    'Publish',
    'Message=m&MessageAttributes.entry.1.Name=n&MessageAttributes.entry.1.Value.DataType=String',
    { Message: 'm', MessageAttributes: { n: { DataType: 'String' } } },
  ],
  [
    'a flattened map',
    'sqs',
    'CreateQueue',
    'QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Tag.1.Key=k&Tag.1.Value=v',
    { QueueName: 'q', Attributes: { DelaySeconds: '5' }, tags: { k: 'v' } },
  ],
  [
    'a flattened list',
    'sqs',
    'SendMessageBatch',
    'QueueUrl=u&SendMessageBatchRequestEntry.1.Id=1&SendMessageBatchRequestEntry.1.MessageBody=b',
    { QueueUrl: 'u', Entries: [{ Id: '1', MessageBody: 'b' }] },
  ],
  [
    'a time',
    'cloudwatch',
    'GetMetricStatistics',
    'Namespace=n&MetricName=m&StartTime=2024-01-01T00%3A00%3A00Z&EndTime=2024-01-02T00%3A00%3A00Z&Period=60',
    {
      Namespace: 'n',
      MetricName: 'm',
      StartTime: new Date('2024-01-01'),
      EndTime: new Date('2024-01-02'),
      Period: 60,
    },
  ],
  [
    'a plus and an escape',
    'iam',
    'CreateUser',
    'UserName=a%2Bb&Path=%2F&Unknown.1=x',
    { UserName: 'a+b', Path: '/' },
  ],
  [
    'EC2: flat lists, capitals',
    'ec2',
    'DescribeInstances',
    'InstanceId.1=i-1&InstanceId.2=i-2&Filter.1.Name=n&Filter.1.Value.1=v&MaxResults=5&DryRun=true',
    { InstanceIds: ['i-1', 'i-2'], Filters: [{ Name: 'n', Values: ['v'] }], MaxResults: 5, DryRun: true },
  ],
]

for (const [name, service, operation, body, want] of requests) {
  test(`query: reads ${name}`, () => {
    const found = model(service).operations.get(operation)
    assert.ok(found)
    const request = { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.from(body) }
    assert.deepEqual(structuredClone((service === 'ec2' ? ec2 : query).decode(found, request)), want)
  })
}

const answers: readonly [
  name: string,
  service: ServiceName,
  operation: string,
  output: object | undefined,
  want: string,
][] = [
  [
    'an answer',
    'sts',
    'GetCallerIdentity',
    { Account: '1', Arn: 'a<b' },
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>1</Account><Arn>a&lt;b</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
  ],
  [
    'no output',
    'iam',
    'DeleteUser',
    undefined,
    '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteUserResponse>',
  ],
  [
    'an empty list',
    'iam',
    'ListUsers',
    { Users: [], IsTruncated: false },
    '<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult><Users></Users><IsTruncated>false</IsTruncated></ListUsersResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListUsersResponse>',
  ],
  [
    'flattened maps',
    'sqs',
    'GetQueueAttributes',
    { Attributes: { A: '1', B: '2' } },
    '<GetQueueAttributesResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><GetQueueAttributesResult><Attribute><Name>A</Name><Value>1</Value></Attribute><Attribute><Name>B</Name><Value>2</Value></Attribute></GetQueueAttributesResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetQueueAttributesResponse>',
  ],
  [
    'EC2: items, no wrapper',
    'ec2',
    'DescribeRegions',
    { Regions: [{ RegionName: 'x' }] },
    '<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15"><requestId>r</requestId><regionInfo><item><regionName>x</regionName></item></regionInfo></DescribeRegionsResponse>',
  ],
]

for (const [name, service, operation, output, want] of answers) {
  test(`query: writes ${name}`, () => {
    const found = model(service).operations.get(operation)
    assert.ok(found)
    assert.equal((service === 'ec2' ? ec2 : query).encode(found, output, 'r').body, want)
  })
}

test('query: an output that is not of its model is a bug, not an answer', () => {
  const found = model('sts').operations.get('GetCallerIdentity')
  assert.ok(found)
  assert.throws(() => query.encode(found, { Account: 123456789012 }, 'r'), TypeError)
})
