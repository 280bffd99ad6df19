// Goal: the public address of the API is an origin, or refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPublicUrl } from './public-url.ts'

test('the public address of the API', () => {
  const rows: readonly [given: string, want: string | undefined][] = [
    ['https://cloud.example.com', 'https://cloud.example.com'],
    ['https://Cloud.example.com:443/', 'https://cloud.example.com'],
    ['http://192.0.2.7:8080', 'http://192.0.2.7:8080'],
    ['https://cloud.example.com/api', undefined],
    ['https://cloud.example.com/?a=b', undefined],
    ['https://cloud.example.com/#a', undefined],
    ['https://user:secret@cloud.example.com', undefined],
    ['ftp://cloud.example.com', undefined],
    ['javascript:alert(1)', undefined],
    ['cloud.example.com', undefined],
    ['', undefined],
  ]
  for (const [given, want] of rows) assert.equal(readPublicUrl(given), want, given)
  assert.equal(rows.length, 11)
})
