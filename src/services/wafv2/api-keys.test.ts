// Goal: API keys are shown to their account alone, kept sealed, and gone when they are deleted.
// Method: AWS's own client through the whole pipeline; the store's documents searched for the key.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { operationFacts } from '#telemetry/audit/operation-facts.ts'
import { apiKeys } from './documents.ts'
import { here, invalid, refusal, rig, startMs, there } from './rig.test.ts'

const Scope = 'REGIONAL'
const nonexistent = /^WAFNonexistentItemException/
const limit =
  'WAFLimitsExceededException: AWS WAF couldn’t perform the operation because you exceeded your resource limit.'

test('a key is made, listed, read and deleted', async () => {
  const { admin, administrator, store } = await rig()
  const TokenDomains = ['example.com', 'shop.example.com']
  const { APIKey } = await admin.createAPIKey({ Scope, TokenDomains })
  assert.ok(APIKey !== undefined && /^[\w-]{128}$/.test(APIKey))
  const CreationTimestamp = new Date(startMs)
  const { APIKeySummaries } = await admin.listAPIKeys({ Scope })
  assert.deepEqual(APIKeySummaries, [{ APIKey, TokenDomains, CreationTimestamp, Version: 1 }])
  const read = await admin.getDecryptedAPIKey({ Scope, APIKey })
  assert.deepEqual([read.TokenDomains, read.CreationTimestamp], [TokenDomains, CreationTimestamp])
  const kept = JSON.stringify([...store.read.everywhere(apiKeys)])
  assert.ok(kept.includes('example.com') && !kept.includes(APIKey), 'no document holds the key in the clear')

  const other = administrator(there)
  assert.match(await refusal(other.getDecryptedAPIKey({ Scope, APIKey })), nonexistent)
  assert.match(await refusal(other.deleteAPIKey({ Scope, APIKey })), nonexistent)
  assert.match(await refusal(admin.getDecryptedAPIKey({ Scope: 'CLOUDFRONT', APIKey })), nonexistent)
  await admin.deleteAPIKey({ Scope, APIKey })
  assert.match(await refusal(admin.getDecryptedAPIKey({ Scope, APIKey })), nonexistent)
  assert.match(await refusal(admin.deleteAPIKey({ Scope, APIKey })), nonexistent)
  assert.deepEqual((await admin.listAPIKeys({ Scope })).APIKeySummaries, [])
})

test('keys have limits, a scope and permissions', async () => {
  const { admin, administrator, user } = await rig()
  const TokenDomains = ['a.example']
  const six = Array.from({ length: 6 }, (_, at) => `d${at}.example`)
  assert.equal(await refusal(admin.createAPIKey({ Scope, TokenDomains: six })), limit)
  for (let made = 0; made < 100; made++) await admin.createAPIKey({ Scope, TokenDomains })
  assert.equal(await refusal(admin.createAPIKey({ Scope, TokenDomains })), limit)
  await admin.createAPIKey({ Scope: 'CLOUDFRONT', TokenDomains })
  const first = await admin.listAPIKeys({ Scope, Limit: 60 })
  const second = await admin.listAPIKeys({ Scope, Limit: 60, NextMarker: first.NextMarker })
  assert.deepEqual([first.APIKeySummaries?.length, second.APIKeySummaries?.length], [60, 40])
  assert.equal(second.NextMarker, undefined)
  assert.equal(
    await refusal(administrator(here, 'eu-west-1').createAPIKey({ Scope: 'CLOUDFRONT', TokenDomains })),
    invalid('SCOPE_VALUE', 'CLOUDFRONT', 'The scope is not valid.'),
  )
  const reader = await user('reader', { Effect: 'Allow', Action: 'wafv2:ListAPIKeys', Resource: '*' })
  const [{ APIKey } = {}] = (await reader.listAPIKeys({ Scope, Limit: 1 })).APIKeySummaries ?? []
  for (const denied of [
    reader.createAPIKey({ Scope, TokenDomains }),
    reader.getDecryptedAPIKey({ Scope, APIKey }),
    reader.deleteAPIKey({ Scope, APIKey }),
  ])
    assert.match(await refusal(denied), /^AccessDeniedException/)
})

test('no record of a call holds a key', () => {
  const APIKey = 'a key'
  const made = operationFacts('wafv2', 'CreateAPIKey').responseElements({ APIKey })
  const deleted = operationFacts('wafv2', 'DeleteAPIKey').requestParameters({ Scope, APIKey })
  assert.deepEqual([made, deleted], ['null', '{"scope":"REGIONAL"}'])
})
