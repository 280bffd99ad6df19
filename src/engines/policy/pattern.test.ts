// Goal: wildcards mean what they mean, at any number, in bounded time; text from variables is never a wildcard.
// Method: rows; comparison with the regular expression that each pattern stands for; hostile patterns against the clock.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileArnPattern } from './arn-pattern.ts'
import { compilePattern, patternOf } from './pattern.ts'

const rows: readonly [pattern: string, subject: string, want: boolean][] = [
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['?', '', false],
  ['?', 'a', true],
  ['a*', 'a', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*a*b', 'xaxbxb', true],
  ['*a*b', 'xaxbx', false],
  ['a**b', 'ab', true],
  ['*?', 'a', true],
  ['*?*?', 'a', false],
  ['ab*ba', 'aba', false],
  ['a?c*e', 'abcde', true],
  ['*aab*', 'aaab', true],
  ['a.c', 'abc', false],
  ['*\n*', 'a\nb', true],
]

test('pattern: rows', () => {
  for (const [pattern, subject, want] of rows) {
    assert.equal(compilePattern(patternOf(pattern))(subject), want, `${pattern} on ${subject}`)
  }
  assert.equal(rows.length, 18)
})

test('pattern: agrees with the regular expression it stands for', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', '*', '?'), maxLength: 7 })
  const subject = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 9 })
  fc.assert(
    fc.property(text, subject, (pattern, given) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`)
      assert.equal(compilePattern(patternOf(pattern))(given), expression.test(given))
    }),
    { numRuns: 20_000 },
  )
})

test('pattern: only the named places are wildcards', () => {
  const matches = compilePattern({ text: 'a**', wildcards: [2] })
  assert.equal(matches('a*bc'), true)
  assert.equal(matches('abbc'), false)
})

test('pattern: thousands of wildcards on a long subject take bounded time', () => {
  const subject = `${'a'.repeat(4000)}b`
  for (const unit of ['a*', '*a', 'a*?', '*?a', '?*', '**', '*aa?']) {
    const matches = compilePattern(patternOf(`${unit.repeat(1000)}c`))
    const start = performance.now()
    assert.equal(matches(subject), false)
    assert.ok(performance.now() - start < 200, unit)
  }
})

// Source: IAM User Guide, "Condition operators", ARN condition operators; its example stands first.
const arnRows: readonly [name: string, pattern: string, subject: string, want: boolean][] = [
  [
    'a * does not reach into the next component',
    'arn:aws:someservice:*:111122223333:finance/*',
    'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    false,
  ],
  [
    'a * within one component',
    'arn:aws:sqs:*:111122223333:q*',
    'arn:aws:sqs:eu-west-1:111122223333:queue',
    true,
  ],
  [
    'the last component may hold colons',
    'arn:aws:logs:*:*:log-group:*',
    'arn:aws:logs:r:1:log-group:a:b',
    true,
  ],
  ['an empty component is matched by *', 'arn:aws:s3:*:*:b', 'arn:aws:s3:::b', true],
  ['an empty component is not matched by ?', 'arn:aws:s3:?::b', 'arn:aws:s3:::b', false],
  ['case counts', 'arn:aws:s3:::B', 'arn:aws:s3:::b', false],
  ['* alone is any ARN', '*', 'arn:aws:s3:::b', true],
  ['* alone is no other text', '*', 'hello', false],
  ['too few components match nothing', 'arn:aws:s3*', 'arn:aws:s3:::b', false],
]

test('pattern: ARN operators compare component by component', () => {
  for (const [name, pattern, subject, want] of arnRows) {
    assert.equal(compileArnPattern(patternOf(pattern))(subject), want, name)
  }
  assert.equal(arnRows.length, 9)
})
