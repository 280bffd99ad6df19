// Goal: tagging is a map by key, with or without case as AWS says of the kind of resource, and no key is special.
// Method: fast-check compares with a Map.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Tagged, tagList, withoutTags, withTags } from './tags.ts'

const kinds: readonly [kind: Tagged, sameKey: (key: string) => string][] = [
  ['User', (key) => key.toLowerCase()],
  ['Role', (key) => key.toLowerCase()],
  ['Policy', (key) => key],
  ['InstanceProfile', (key) => key],
]
const key = fc.constantFrom('a', 'A', 'b', '__proto__', '__PROTO__', 'constructor', '0', '1', 'é')
const change = fc.oneof(
  fc.record({ set: key, value: fc.string({ maxLength: 2 }) }),
  fc.record({ remove: key }),
)

test('tags: a history of changes leaves what a Map would hold', () => {
  let ran = 0
  for (const [kind, sameKey] of kinds) {
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const model = new Map<string, [string, string]>()
        let tags: Readonly<Record<string, string>> = {}
        for (const one of changes) {
          if ('set' in one) {
            model.set(sameKey(one.set), [one.set, one.value])
            tags = withTags(kind, tags, [{ Key: one.set, Value: one.value }])
          } else {
            model.delete(sameKey(one.remove))
            tags = withoutTags(kind, tags, [one.remove])
          }
          // What is stored goes through JSON.
          tags = JSON.parse(JSON.stringify(tags)) as typeof tags // Just written.
        }
        const want = [...model.values()]
          .map(([Key, Value]) => ({ Key, Value }))
          .sort((a, b) => (a.Key < b.Key ? -1 : 1))
        assert.deepEqual(tagList(tags) ?? [], want)
      }),
    )
    ran += 1
  }
  assert.equal(ran, 4)
})

test('tags: two spellings in one list are refused where case does not tell, and only there', () => {
  const list = [
    { Key: 'a', Value: '' },
    { Key: 'A', Value: '' },
  ]
  const refused = kinds.filter(([kind]) => {
    try {
      withTags(kind, {}, list)
    } catch {
      return true
    }
    return false
  })
  assert.deepEqual(
    refused.map(([kind]) => kind),
    ['User', 'Role'],
  )
  assert.throws(() => withTags('Policy', {}, [...list, ...list]), { message: 'Duplicate tag keys found.' })
})
