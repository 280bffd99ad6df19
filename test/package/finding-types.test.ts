// Goal: the page of finding types names what can be found, no more and no less.
// Method: it is made anew and compared.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findingTypesPage } from '../../scripts/finding-types/page.ts'

test('finding types: the page is up to date', () => {
  const file = join(import.meta.dirname, '../../docs/services/guardduty-finding-types.md')
  const page = findingTypesPage()
  assert.match(page, /\n\d{3} types: \d{2,} of AWS's, and \d{2,} of our own/, 'the page counts something')
  assert.equal(readFileSync(file, 'utf8'), page, 'the page is stale: npm run finding-types writes it')
})
