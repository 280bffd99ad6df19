// Goal: every model loads and links, agrees with the index that routing reads, and has an unambiguous place on the wire.
// Method: exhaustive over all models.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { model } from './model.ts'
import { restOperation } from './rest/table.ts'
import { byQueryVersion, bySigningName, serviceNames, services } from './services.ts'

test('model: all services, each with what the index says', () => {
  assert.equal(serviceNames.length, 26)
  for (const service of serviceNames) {
    const { metadata, operations } = model(service)
    assert.deepEqual(metadata, services.get(service))
    assert.ok(operations.size > 0)
    assert.equal(model(service), model(service), 'a model is read once')
  }
})

test('model: no two services share a signing name, or an API version among those of query', () => {
  assert.equal(bySigningName.size, serviceNames.length)
  const query = [...services.values()].filter(
    ({ protocols }) => protocols.includes('query') || protocols.includes('ec2'),
  )
  assert.equal(byQueryVersion.size, query.length)
})

test('model: every REST operation is found by its own URI', () => {
  let found = 0
  for (const service of serviceNames) {
    if (!services.get(service)?.protocols.some((protocol) => protocol.startsWith('rest-'))) continue
    for (const operation of model(service).operations.values()) {
      const [path = '', query = ''] = operation.http.requestUri.replaceAll(/\{\w+\+?\}/g, 'x').split('?')
      const request = { method: operation.http.method, path, query, headers: {}, body: new Uint8Array() }
      assert.equal(restOperation(service, request)?.name, operation.name)
      found += 1
    }
  }
  assert.equal(found, 658)
})

test('model: a shape may contain itself', () => {
  const statement = model('wafv2').operations.get('CreateWebACL')?.input
  const rule = statement?.members.find(({ name }) => name === 'Rules')?.shape
  assert.ok(rule?.type === 'list' && rule.member.shape.type === 'structure')
  const outer = rule.member.shape.members.find(({ name }) => name === 'Statement')?.shape
  assert.ok(outer?.type === 'structure')
  const not = outer.members.find(({ name }) => name === 'NotStatement')?.shape
  assert.ok(not?.type === 'structure')
  assert.equal(not.members[0]?.shape, outer)
})
