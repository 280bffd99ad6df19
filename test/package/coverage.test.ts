// Goal: docs/coverage.md says what is implemented, no more and no less.
// Method: the page is made anew and compared.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { coveragePage } from '../../scripts/coverage/page.ts'
import { implementedServices } from '../../scripts/coverage/registry.ts'

test('coverage: docs/coverage.md is up to date', async () => {
  const written = readFileSync(join(import.meta.dirname, '../../docs/coverage.md'), 'utf8')
  const page = coveragePage(await implementedServices())
  assert.match(
    page,
    /\n\d{2,} of \d{3,} operations in [1-9]\d* of \d\d services\.\n/,
    'the page counts something',
  )
  assert.equal(written, page, 'docs/coverage.md is stale: npm run coverage writes it')
})
