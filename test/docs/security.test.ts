// Goal: each claim of docs/security.md names tests that are there. Method: read its table.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

test('security: every test that a claim names exists', () => {
  const page = readFileSync(join(root, 'docs/security.md'), 'utf8')
  const [, section = ''] = page.split('## Claims and their tests')
  const claims = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => /^\| [A-Z]/.test(line))
  assert.ok(claims.length >= 20, `${claims.length} claims`)
  for (const claim of claims) {
    const files = [...claim.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = '']) => file)
    assert.ok(files.length > 0, `no test: ${claim}`)
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
      claim,
    )
  }
})
