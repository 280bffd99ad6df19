// Goal: paths and queries have one signed spelling. Method: rows, by the rules of S3 and of all other services.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalPath, canonicalQuery } from './canonical-request.ts'

test('paths: dot segments and repeated slashes go, but not for S3', () => {
  const paths: readonly [path: string, plain: string, s3: string][] = [
    ['', '/', '/'],
    ['/', '/', '/'],
    ['//', '/', '//'],
    ['/a/./b/../c', '/a/c', '/a/./b/../c'],
    ['/../a', '/a', '/../a'],
    ['/a//b/', '/a/b/', '/a//b/'],
    ['/a%2Fb', '/a%252Fb', '/a%2Fb'],
    ['/a%20b~', '/a%2520b~', '/a%20b~'],
    ["/it's(1)*!", '/it%27s%281%29%2A%21', "/it's(1)*!"],
  ]
  for (const [path, want, s3] of paths) {
    assert.equal(canonicalPath(path, { normalize: true, encode: true }), want)
    assert.equal(canonicalPath(path, { normalize: false, encode: false }), s3)
  }
  assert.equal(paths.length, 9)
})

test('queries: one spelling for every way to write the same bytes, sorted by name and then by value', () => {
  const queries: readonly [query: string, want: string][] = [
    ['', ''],
    ['b=2&a=1', 'a=1&b=2'],
    ['a=2&a=1&a', 'a=&a=1&a=2'],
    ['a-b=1&a=2&a.c=3', 'a=2&a-b=1&a.c=3'],
    ['B=1&a=2', 'B=1&a=2'],
    ['a=%7e%41%2f', 'a=~A%2F'],
    ['a=+%2B%20', 'a=%20%2B%20'],
    ['a=b=c', 'a=b%3Dc'],
    ['a=100%&%zz=1', '%25zz=1&a=100%25'],
    ['&&a=1&', 'a=1'],
    ['a=\u{1F511}', 'a=%F0%9F%94%91'],
  ]
  for (const [query, want] of queries) {
    assert.equal(canonicalQuery(query), want)
    assert.equal(canonicalQuery(want), want)
  }
  assert.equal(queries.length, 11)
  assert.equal(canonicalQuery('a=1&X-Amz-Signature=2', new Set(['X-Amz-Signature'])), 'a=1')
})
