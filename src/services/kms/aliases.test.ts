// Goal: what is no name of an alias is refused before it is authorized as something else. Method: an administrator, whom nothing is denied.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newKey, refusal, rig } from './rig.test.ts'

test('a name that is not one of an alias is refused as such', async () => {
  const { admin } = await rig()
  const { id } = await newKey(admin)
  for (const AliasName of [`key/${id}`, 'other', 'ALIAS/a']) {
    const refused = [
      await refusal(admin.createAlias({ AliasName, TargetKeyId: id })),
      await refusal(admin.updateAlias({ AliasName, TargetKeyId: id })),
      await refusal(admin.deleteAlias({ AliasName })),
    ]
    for (const one of refused) assert.match(one, /^Validation\w+: Alias must start with the prefix "alias\/"/)
  }
})
