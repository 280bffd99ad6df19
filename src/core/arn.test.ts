// Goal: ARNs are read into their parts, and what is none is not. Method: rows, then every list of short parts against a split.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arn, parseArn } from './arn.ts'

const rows: readonly [name: string, text: string, want: readonly string[] | undefined][] = [
  ['a user', 'arn:aws:iam::123456789012:user/a', ['aws', 'iam', '', '123456789012', 'user/a']],
  [
    'colons of the resource',
    'arn:aws:logs:eu-west-1:1:log-group:a:*',
    ['aws', 'logs', 'eu-west-1', '1', 'log-group:a:*'],
  ],
  ['no account', 'arn:aws:s3:::bucket/key', ['aws', 's3', '', '', 'bucket/key']],
  ['a resource that is a colon', 'arn:aws:s3::::', ['aws', 's3', '', '', ':']],
  ['no resource', 'arn:aws:s3:::', undefined],
  ['too few parts', 'arn:aws:s3::bucket', undefined],
  ['no partition', 'arn::iam::1:user/a', undefined],
  ['no service', 'arn:aws:::1:user/a', undefined],
  ['another prefix', 'urn:aws:iam::1:user/a', undefined],
  ['the prefix alone', 'arn:', undefined],
  ['nothing', '', undefined],
]

test('ARNs: their parts', () => {
  let ran = 0
  for (const [name, text, want] of rows) {
    const parts = parseArn(text)
    const got = parts && [parts.partition, parts.service, parts.region, parts.account, parts.resource]
    assert.deepEqual(got, want, name)
    if (parts) assert.equal(arn(parts), text, name)
    ran += 1
  }
  assert.equal(ran, 11)
})

test('ARNs: any text is read as its parts between colons', () => {
  const piece = fc.constantFrom('arn', 'aws', '', 'iam', '1', 'user/a', ' ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const [prefix, partition, service, region, account, ...rest] = pieces
      const resource = rest.join(':')
      const isArn = prefix === 'arn' && partition && service && rest.length > 0 && resource !== ''
      assert.deepEqual(
        parseArn(pieces.join(':')),
        isArn ? { partition, service, region, account, resource } : undefined,
      )
    }),
    { seed: 3, numRuns: 2000 },
  )
})
