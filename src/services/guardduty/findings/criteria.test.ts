// Goal: criteria mean the findings that AWS says they mean, and what cannot be meant is refused.
// Method: rows over one finding.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Condition } from '#models/guardduty.d.ts'
import { compileCriteria } from './criteria.ts'
import { fits } from './wildcard.ts'

const finding = {
  accountId: '111122223333',
  type: 'Recon:EC2/Portscan',
  severity: 5,
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  resource: {
    resourceType: 'Instance',
    instanceDetails: {
      instanceId: 'i-1',
      tags: [
        { key: 'env', value: 'prod' },
        { key: 'team', value: 'blue' },
      ],
    },
  },
  service: {
    archived: false,
    count: 3,
    action: {
      actionType: 'NETWORK_CONNECTION',
      networkConnectionAction: { remotePortDetails: { port: 22 } },
    },
    additionalInfo: { value: '{"threatListName":"mine","sample":true}', type: 'default' },
    evidence: { threatIntelligenceDetails: [{ threatListName: 'theirs' }] },
  },
}

const atMs = Date.parse(finding.updatedAt)
const rows: readonly [field: string, condition: Condition, want: boolean][] = [
  ['type', { Eq: ['Recon:EC2/Portscan', 'x'] }, true],
  ['type', { Equals: ['Recon:EC2/Portsca'] }, false],
  ['type', { Neq: ['Recon:EC2/Portscan'] }, false],
  ['type', { NotEquals: ['other'] }, true],
  ['type', { Matches: ['Recon:*'] }, true],
  ['type', { Matches: ['recon:*'] }, false],
  ['type', { NotMatches: ['*:EC2/Port????'] }, false],
  ['severity', { Gte: 5 }, true],
  ['severity', { Gt: 5 }, false],
  ['severity', { GreaterThanOrEqual: 4, LessThan: 5 }, false],
  ['severity', { Lte: 5 }, true],
  ['severity', { Eq: ['5'] }, true],
  ['severity', { Eq: ['5.0'] }, true],
  ['updatedAt', { GreaterThan: atMs - 1, LessThanOrEqual: atMs }, true],
  ['updatedAt', { Lt: atMs }, false],
  ['service.archived', { Eq: ['false'] }, true],
  ['service.archived', { Eq: ['true'] }, false],
  ['resource.instanceDetails.tags.value', { Eq: ['blue'] }, true],
  ['resource.instanceDetails.tags.value', { Neq: ['blue'] }, false],
  ['resource.instanceDetails.imageId', { Eq: ['ami-1'] }, false],
  ['resource.instanceDetails.imageId', { Neq: ['ami-1'] }, true],
  ['service.action.networkConnectionAction.remotePortDetails.port', { Eq: ['22'] }, true],
  ['service.additionalInfo.threatListName', { Eq: ['mine'] }, true],
  ['service.additionalInfo.threatListName', { Eq: ['theirs'] }, true],
  ['service.additionalInfo.sample', { Eq: ['true'] }, true],
  ['service.additionalInfo.sample', { Neq: ['true'] }, false],
]

test('criteria: each operator on each kind of field', () => {
  for (const [field, condition, want] of rows)
    assert.equal(
      compileCriteria({ Criterion: { [field]: condition } })(finding),
      want,
      `${field} ${JSON.stringify(condition)}`,
    )
  assert.equal(rows.length, 26)
  assert.equal(compileCriteria({})(finding), true)
  const both = { type: { Eq: ['Recon:EC2/Portscan'] }, severity: { Gt: 8 } }
  assert.equal(compileCriteria({ Criterion: both })(finding), false)
})

const refused: readonly [field: string, condition: Condition][] = [
  ['nothing', { Eq: ['1'] }],
  ['constructor', { Eq: ['1'] }],
  ['resource', { Eq: ['1'] }],
  ['resource.instanceDetails.tags', { Eq: ['1'] }],
  ['type.x', { Eq: ['1'] }],
  ['type', { Gt: 1 }],
  ['type', {}],
  ['type', { Eq: Array.from({ length: 51 }, String) }],
  ['service.additionalInfo.', { Eq: ['1'] }],
]

test('criteria: what cannot be meant is refused', () => {
  for (const [field, condition] of refused)
    assert.throws(
      () => compileCriteria({ Criterion: { [field]: condition } }),
      { code: 'BadRequestException' },
      field,
    )
  assert.equal(refused.length, 9)
})

test('criteria: a pattern takes bounded time', () => {
  assert.equal(fits('a'.repeat(5_000), `${'*a'.repeat(200)}b`), false)
  assert.equal(fits('', '**'), true)
  assert.equal(fits('ab', '?'), false)
})
