// Goal: a Host means a function's URL only as it should, and a URL is shown as whoever asks for it reaches it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { urlPlace, urlText } from './url-names.ts'

const urlId = 'a'.repeat(32)
const publicUrl = 'https://cloud.example.com:8443'
const place = { urlId, region: 'us-east-1' }

test('URLs of functions: what a Host means', () => {
  const below = (domain: string) => `${urlId}.lambda-url.us-east-1.${domain}`
  const rows: readonly [host: string, isOurs: boolean][] = [
    [below('localhost'), true],
    [below('localhost:4566'), true],
    [below('on.aws'), true],
    [below('cloud.example.com'), true],
    [below('Cloud.Example.com:8443').toUpperCase(), true],
    [below('other.example.com'), false],
    [below('cloud.example.com.evil.example'), false],
    [below('xcloud.example.com'), false],
    [`x.${below('localhost')}`, false],
    [below('localhost').slice(1), false],
    ['cloud.example.com', false],
    ['', false],
  ]
  for (const [host, isOurs] of rows)
    assert.deepEqual(urlPlace(host, publicUrl), isOurs ? place : undefined, host)
  assert.equal(rows.length, 12)
  assert.equal(urlPlace(below('cloud.example.com')), undefined, 'no public address is known')
})

test('URLs of functions: how they are shown', () => {
  const rows: readonly [host: string, publicUrl: string | undefined, want: string][] = [
    ['localhost:4566', undefined, 'http://HERE.localhost:4566/'],
    ['localhost:4566', publicUrl, 'http://HERE.localhost:4566/'],
    ['cloud.example.com:8443', publicUrl, 'https://HERE.cloud.example.com:8443/'],
    ['cloud.example.com', 'https://cloud.example.com', 'https://HERE.cloud.example.com/'],
    ['192.0.2.7:4566', 'http://192.0.2.7:4566', 'http://HERE.localhost:4566/'],
    ['[2001:db8::1]:4566', 'http://[2001:db8::1]:4566', 'http://HERE.localhost:4566/'],
  ]
  for (const [host, given, want] of rows)
    assert.equal(
      urlText(place, { host, secureTransport: false }, given),
      want.replace('HERE', `${urlId}.lambda-url.us-east-1`),
      host,
    )
  assert.equal(rows.length, 6)
})
