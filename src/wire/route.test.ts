// Goal: each request finds its operation by what AWS finds it by, and an unknown one gets AWS's error in the caller's protocol.
// Method: rows.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpRequest } from './http.ts'
import { route } from './route.ts'

const formType = 'application/x-www-form-urlencoded'
const form = (body: string, more: Partial<HttpRequest> = {}): HttpRequest =>
  request({ headers: { 'content-type': formType }, body: Buffer.from(body), ...more })
const target = (name: string, contentType = 'application/x-amz-json-1.1') =>
  request({ headers: { 'x-amz-target': name, 'content-type': contentType } })
const cbor = (path: string) =>
  request({ path, headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' } })
const rest = (method: string, path: string, query = '') => request({ method, path, query })

function request(more: Partial<HttpRequest>): HttpRequest {
  return { method: 'POST', path: '/', query: '', headers: {}, body: Buffer.from(''), ...more }
}

const iam = 'Version=2010-05-08'
const rows: readonly [name: string, given: HttpRequest, signingName: string | undefined, want: string][] = [
  ['query, in the body', form(`Action=GetUser&${iam}`), 'iam', 'iam GetUser query'],
  [
    'query, in the query string of a GET',
    request({ method: 'GET', query: `Action=GetUser&${iam}` }),
    'iam',
    'iam GetUser query',
  ],
  [
    'query, unsigned',
    form('Action=AssumeRoleWithWebIdentity&Version=2011-06-15'),
    undefined,
    'sts AssumeRoleWithWebIdentity query',
  ],
  [
    'query, on a path of its own, as SQS has',
    form('Action=SendMessage&Version=2012-11-05', { path: '/123456789012/q' }),
    'sqs',
    'sqs SendMessage query',
  ],
  [
    'query, the service by the host',
    form('Action=GetUser', { headers: { host: 'iam.localhost:4566' } }),
    undefined,
    'iam InvalidAction: Could not find operation GetUser for version NO_VERSION_SPECIFIED query',
  ],
  ...[
    '/a/../2015-03-31/functions',
    '/./2015-03-31/functions',
    '//2015-03-31/functions',
    '/2015-03-31/functions/..',
  ].map((path): [string, HttpRequest, string, string] => [
    `REST, ${path}: signed as another path`,
    rest('GET', path),
    'lambda',
    'nobody UnknownOperationException rest-json',
  ]),
  [
    'query, an action that is not',
    form(`Action=Nope&${iam}`),
    'iam',
    'iam InvalidAction: Could not find operation Nope for version 2010-05-08 query',
  ],
  [
    'query, a name that objects have',
    form(`Action=constructor&${iam}`),
    'iam',
    'iam InvalidAction: Could not find operation constructor for version 2010-05-08 query',
  ],
  [
    'query, a version that is not',
    form('Action=GetUser&Version=1999-01-01'),
    'iam',
    'iam InvalidAction: Could not find operation GetUser for version 1999-01-01 query',
  ],
  [
    'query, the version of another service',
    form('Action=GetUser&Version=2011-06-15'),
    'iam',
    'sts InvalidAction: Could not find operation GetUser for version 2011-06-15 query',
  ],
  ['query, no action', form(iam), 'iam', 'iam MissingAction: Missing Action query'],
  [
    'query, malformed',
    form('Action=%ZZ'),
    'iam',
    'iam MalformedQueryString: The query string contains a syntax error query',
  ],
  ['EC2', form('Action=DescribeVpcs&Version=2016-11-15'), 'ec2', 'ec2 DescribeVpcs ec2'],
  [
    'EC2, an action that is not',
    form('Action=Nope&Version=2016-11-15'),
    'ec2',
    'ec2 InvalidAction: Could not find operation Nope for version 2016-11-15 ec2',
  ],
  ['JSON 1.1', target('TrentService.Encrypt'), 'kms', 'kms Encrypt json-1.1'],
  [
    'JSON 1.0',
    target('AmazonSQS.SendMessage', 'application/x-amz-json-1.0'),
    'sqs',
    'sqs SendMessage json-1.0',
  ],
  [
    'JSON, the long prefix of the model',
    target('com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents'),
    'cloudtrail',
    'cloudtrail LookupEvents json-1.1',
  ],
  [
    'JSON, the short prefix of the SDKs',
    target('CloudTrail_20131101.LookupEvents'),
    'cloudtrail',
    'cloudtrail LookupEvents json-1.1',
  ],
  [
    'JSON, an operation that is not',
    target('TrentService.toString'),
    'kms',
    'kms UnknownOperationException json-1.1',
  ],
  [
    'JSON, a service that is not',
    target('DynamoDB_20120810.ListTables'),
    'dynamodb',
    'nobody UnknownOperationException json-1.1',
  ],
  ['JSON, no dot', target('Encrypt'), 'kms', 'nobody UnknownOperationException json-1.1'],
  [
    'JSON, another content type',
    target('TrentService.Encrypt', 'text/plain'),
    'kms',
    'kms UnknownOperationException json-1.1',
  ],
  [
    'JSON, no target',
    request({ headers: { 'content-type': 'application/x-amz-json-1.1' } }),
    'kms',
    'kms UnknownOperationException json-1.1',
  ],
  [
    'JSON, a service that has no JSON',
    target('AWSIdentityManagementV20100508.GetUser'),
    'iam',
    'nobody UnknownOperationException json-1.1',
  ],
  [
    'CBOR',
    cbor('/service/GraniteServiceVersion20100801/operation/PutMetricData'),
    'monitoring',
    'cloudwatch PutMetricData rpc-v2-cbor',
  ],
  [
    'CBOR, under a prefix',
    cbor('/x/service/AWSShield_20160616/operation/ListProtections'),
    'shield',
    'shield ListProtections rpc-v2-cbor',
  ],
  [
    'CBOR, a service that has no CBOR',
    cbor('/service/TrentService/operation/Encrypt'),
    'kms',
    'nobody UnknownOperationException rpc-v2-cbor',
  ],
  ['CBOR, another path', cbor('/'), 'monitoring', 'nobody UnknownOperationException rpc-v2-cbor'],
  ['REST-JSON', rest('GET', '/2015-03-31/functions/f'), 'lambda', 'lambda GetFunction rest-json'],
  [
    'REST-JSON, with and without a slash at the end',
    rest('GET', '/2015-03-31/functions'),
    'lambda',
    'lambda ListFunctions rest-json',
  ],
  [
    'REST-JSON, by the method',
    rest('DELETE', '/2015-03-31/functions/f'),
    'lambda',
    'lambda DeleteFunction rest-json',
  ],
  [
    'REST-JSON, a literal before a label',
    rest('GET', '/automationrulesv2/list'),
    'securityhub',
    'securityhub ListAutomationRulesV2 rest-json',
  ],
  [
    'REST-JSON, a label that takes the rest',
    rest('GET', '/insights/results/arn:aws:securityhub:us-east-1:1:insight/a/b'),
    'securityhub',
    'securityhub GetInsightResults rest-json',
  ],
  [
    'REST-JSON, an encoded slash is no slash',
    rest('GET', '/tags/arn%3Aaws%3Alambda%2Ff'),
    'guardduty',
    'guardduty ListTagsForResource rest-json',
  ],
  [
    'REST-JSON, a query literal',
    rest('GET', '/2018-10-31/layers', 'find=LayerVersion&Arn=x'),
    'lambda',
    'lambda GetLayerVersionByArn rest-json',
  ],
  ['REST-JSON, without it', rest('GET', '/2018-10-31/layers'), 'lambda', 'lambda ListLayers rest-json'],
  [
    'REST-JSON, a path that is not',
    rest('GET', '/nope'),
    'lambda',
    'lambda UnknownOperationException rest-json',
  ],
  [
    'REST-JSON, a method that objects have',
    rest('constructor', '/'),
    'lambda',
    'lambda UnknownOperationException rest-json',
  ],
  [
    'REST-JSON, by the host',
    request({ method: 'GET', path: '/detector', headers: { host: 'guardduty.eu-west-1.amazonaws.com' } }),
    undefined,
    'guardduty ListDetectors rest-json',
  ],
  [
    'REST-XML',
    rest('GET', '/2020-05-31/distribution/E1'),
    'cloudfront',
    'cloudfront GetDistribution rest-xml',
  ],
  [
    'REST-XML, a query literal without value',
    rest('POST', '/2020-05-31/distribution', 'WithTags'),
    'cloudfront',
    'cloudfront CreateDistributionWithTags rest-xml',
  ],
  [
    'REST-XML, one with a value',
    rest('POST', '/2020-05-31/tagging', 'Operation=Untag&Resource=x'),
    'cloudfront',
    'cloudfront UntagResource rest-xml',
  ],
  ['nothing to go by', rest('GET', '/'), undefined, 'nobody MissingAction: Missing Action query'],
  [
    'a service that is not ours',
    rest('GET', '/bucket/key'),
    's3',
    'nobody MissingAction: Missing Action query',
  ],
]

for (const [name, given, signingName, want] of rows) {
  test(`route: ${name}`, () => {
    const found = route(given, signingName)
    const unknown = 'UnknownOperationException'
    const what =
      found.kind === 'operation'
        ? found.operation.name
        : found.fault.code === unknown
          ? unknown
          : `${found.fault.code}: ${found.fault.message}`
    assert.equal(`${found.service ?? 'nobody'} ${what} ${found.codec.protocol}`, want)
  })
}
