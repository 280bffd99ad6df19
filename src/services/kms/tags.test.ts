// Goal: the tags of a key are listed whole, however many pages it takes and whatever comes and goes meanwhile.
// Method: AWS's own client; pages of two, between which the tags that were shown are removed and others are set.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newKey, refusal, rig } from './rig.test.ts'

test('ListResourceTags: what is there throughout is shown once', async () => {
  const { admin } = await rig()
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const tag = (TagKey: string) => ({ TagKey, TagValue: TagKey })
  const { id: KeyId } = await newKey(admin, { Tags: names.map(tag) })
  const shown: string[] = []
  let Marker: string | undefined
  do {
    const { Tags = [], NextMarker, Truncated } = await admin.listResourceTags({ KeyId, Limit: 2, Marker })
    assert.equal(Truncated, NextMarker !== undefined)
    const page = Tags.map(({ TagKey }) => TagKey ?? '')
    shown.push(...page)
    await admin.untagResource({ KeyId, TagKeys: page })
    await admin.tagResource({ KeyId, Tags: [tag('A'), tag('B')] }) // Before all that is still to come.
    Marker = NextMarker
  } while (Marker !== undefined)
  assert.deepEqual(shown, names)
  assert.match(await refusal(admin.listResourceTags({ KeyId, Marker: 'x' })), /^InvalidMarkerException/)
})
