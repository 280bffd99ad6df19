import { predicate } from '../statements/index.ts'
import type { GroupRow, RuleRow } from './group.ts'
import { metadataRequest, remoteFile } from './addresses.ts'
import { restrictedFile } from './files.ts'
import { detecting, testing } from './rows.ts'
import { tool } from './user-agents.ts'

const plain = [{ Priority: 0, Type: 'NONE' }]

/** Source: AWS WAF Developer Guide, "Core rule set": what its size rules name. */
const bytesMax = { query: 2_048, cookie: 10_240, body: 8_192, path: 1_024 } as const

const larger = (FieldToMatch: object, Size: number): object => ({
  SizeConstraintStatement: { FieldToMatch, ComparisonOperator: 'GT', Size, TextTransformations: plain },
})

const sizes: readonly RuleRow[] = [
  {
    name: 'SizeRestrictions_QUERYSTRING',
    label: 'SizeRestrictions_QueryString',
    statement: larger({ QueryString: {} }, bytesMax.query),
  },
  {
    name: 'SizeRestrictions_Cookie_HEADER',
    label: 'SizeRestrictions_Cookie_Header',
    statement: larger({ SingleHeader: { Name: 'cookie' } }, bytesMax.cookie),
  },
  {
    name: 'SizeRestrictions_BODY',
    label: 'SizeRestrictions_Body',
    // A body that goes on beyond what is inspected is larger, whatever the host lets the engine see of it.
    statement: larger({ Body: { OversizeHandling: 'MATCH' } }, bytesMax.body),
  },
  {
    name: 'SizeRestrictions_URIPATH',
    label: 'SizeRestrictions_URIPath',
    statement: larger({ UriPath: {} }, bytesMax.path),
  },
]

export const coreRuleSet: GroupRow = {
  vendor: 'AWS',
  name: 'AWSManagedRulesCommonRuleSet',
  labels: 'core-rule-set',
  capacity: 700,
  description:
    'Attacks on web applications of any kind: script in pages, files of the server, metadata, sizes.',
  rules: [
    {
      name: 'NoUserAgent_HEADER',
      label: 'NoUserAgent_Header',
      statement: predicate((inspection) =>
        inspection.header('user-agent').every((value) => value.trim() === ''),
      ),
    },
    {
      name: 'UserAgent_BadBots_HEADER',
      label: 'BadBots_Header',
      statement: predicate((inspection) =>
        inspection.header('user-agent').some((value) => tool(value)?.kind === 'scanner'),
      ),
    },
    ...sizes,
    ...testing('EC2MetaDataSSRF', ['BODY', 'COOKIE', 'URIPATH', 'QUERYARGUMENTS'], metadataRequest),
    ...detecting('GenericLFI', ['PathTraversal'], ['QUERYARGUMENTS', 'URIPATH', 'BODY']),
    ...testing('RestrictedExtensions', ['URIPATH', 'QUERYARGUMENTS'], restrictedFile),
    ...testing('GenericRFI', ['QUERYARGUMENTS', 'BODY', 'URIPATH'], remoteFile),
    ...detecting(
      'CrossSiteScripting',
      ['CrossSiteScripting'],
      ['COOKIE', 'QUERYARGUMENTS', 'BODY', 'URIPATH'],
    ),
  ],
}
