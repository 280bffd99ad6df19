// Goal: every operator means what the IAM User Guide says, whatever is missing, many or unresolved.
// Method: rows with the documented cases; then every operator, prefix and suffix against one line that says what a
// missing key does; then what nobody should be able to write but a program might pass in.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Condition } from './ast.ts'
import { compileCondition } from './condition.ts'
import { operators, parseOperator, type OperatorName } from './operators.ts'

type Facts = Readonly<Record<string, string | readonly string[]>>

function holds(
  name: string,
  values: readonly string[],
  actual: string | readonly string[] | undefined,
  others: Facts = {},
): boolean {
  const parsed = parseOperator(name)
  assert.ok(parsed !== undefined, name)
  const condition: Condition = { ...parsed, key: 'k', values, line: 1, column: 1 }
  const facts = new Map(Object.entries(actual === undefined ? others : { ...others, k: actual }))
  return compileCondition(condition, '2012-10-17', 'Allow')(facts)
}

// Source: IAM User Guide, "Condition operators", "Single-valued vs. multivalued context keys", "Variables and tags".
const rows: readonly [
  operator: string,
  values: readonly string[],
  actual: string | readonly string[] | undefined,
  want: boolean,
  facts?: Facts,
][] = [
  ['StringEquals', ['a'], 'a', true],
  ['StringEquals', ['a'], 'A', false],
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringEquals', ['a*'], 'ab', false],
  ['StringEquals', ['a*'], 'a*', true],
  ['StringEquals', ['${v}'], 'x', true, { v: 'x' }],
  ['StringEquals', ['${V}'], 'x', true, { v: 'x' }],
  ['StringEquals', ['${v}'], 'x', false],
  ['StringEquals', ['${v}', 'x'], 'x', true],
  ['StringEquals', ["${v, 'x'}"], 'x', true],
  ['StringEquals', ["${v, 'x'}"], 'x', false, { v: 'y' }],
  ['StringEquals', ['${v}'], 'x', false, { v: ['x'] }],
  ['StringEquals', ['${$}{v}'], '${v}', true],
  ['StringNotEquals', ['a'], 'b', true],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', ['${v}'], 'x', false],
  ['StringNotEquals', ['${v}', 'y'], 'x', false],
  ['StringEqualsIgnoreCase', ['AbC'], 'aBc', true],
  ['StringNotEqualsIgnoreCase', ['AbC'], 'aBc', false],
  ['StringLike', ['a*c?'], 'abbcd', true],
  ['StringLike', ['a*'], 'A', false],
  ['StringLike', ['${v}/*'], 'x/y', true, { v: 'x' }],
  ['StringLike', ['${v}'], 'anything', false, { v: '*' }],
  ['StringLike', ['${v}'], '*', true, { v: '*' }],
  ['StringLike', ['a${*}c'], 'abc', false],
  ['StringLike', ['a${*}c'], 'a*c', true],
  ['StringLike', ['a${?}c'], 'abc', false],
  ['StringLike', [''], '', true],
  ['StringNotLike', ['a*'], 'b', true],
  ['NumericEquals', ['2'], '2.0', true],
  ['NumericNotEquals', ['2'], '2.0', false],
  ['NumericLessThan', ['10'], '9', true],
  ['NumericLessThan', ['10'], '10', false],
  ['NumericLessThanEquals', ['10'], '10', true],
  ['NumericGreaterThan', ['-1'], '0', true],
  ['NumericGreaterThanEquals', ['1e3'], '1000', true],
  ['NumericLessThan', ['10'], 'few', false],
  ['NumericNotEquals', ['10'], 'few', true],
  ['DateEquals', ['2026-01-01T00:00:00Z'], '1767225600', true],
  ['DateNotEquals', ['2026-01-01T00:00:00Z'], '2026-01-01T01:00:00+01:00', false],
  ['DateLessThan', ['2026-01-01'], '2025-12-31T23:59:59Z', true],
  ['DateGreaterThan', ['2020-01-01T00:00:01Z'], '2020-01-01T00:00:00Z', false],
  ['DateLessThanEquals', ['2026'], '2026-01-01', true],
  ['DateGreaterThanEquals', ['2026'], '2025-12-31', false],
  ['Bool', ['true'], 'TRUE', true],
  ['Bool', ['false'], 'true', false],
  ['Bool', ['${v}'], 'true', true, { v: 'true' }],
  ['BinaryEquals', ['QmluYXJ5VmFsdWVJbkJhc2U2NA=='], 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true],
  ['BinaryEquals', ['QQ=='], 'QUE=', false],
  ['IpAddress', ['203.0.113.0/24', '2001:DB8:1234:5678::/64'], '2001:db8:1234:5678::1', true],
  ['IpAddress', ['203.0.113.0/24'], '203.0.114.1', false],
  ['IpAddress', ['0.0.0.0/0'], 'unknown', false],
  ['NotIpAddress', ['203.0.113.0/24'], '203.0.113.1', false],
  ['ArnEquals', ['arn:aws:sns:*:1:t'], 'arn:aws:sns:eu:1:t', true],
  ['ArnLike', ['arn:aws:iam::1:role/${v}'], 'arn:aws:iam::1:role/x', true, { v: 'x' }],
  ['ArnLike', ['${v}'], 'arn:aws:iam::1:role/x', true, { v: 'arn:aws:iam::1:role/x' }],
  ['ArnNotEquals', ['arn:aws:sns:*:1:t'], 'arn:aws:sns:eu:2:t', true],
  ['ArnNotLike', ['arn:aws:sns:*:1:t'], 'no arn', true],
  ['Null', ['true'], undefined, true],
  ['Null', ['true'], 'x', false],
  ['Null', ['false'], 'x', true],
  ['Null', ['false'], [], false],
  ['Null', ['true', 'false'], 'x', true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a'], 'a', true],
  ['ForAllValues:StringEquals', ['a'], '', true],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], true],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'a'], false],
  ['ForAllValues:StringEquals', ['${v}'], ['a'], false],
  ['ForAllValues:StringNotEquals', ['${v}'], ['a'], false],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
  ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', ['a'], ['a'], false],
  ['ForAnyValue:StringLike', ['key1*'], ['key1:legal'], true],
  ['StringEquals', ['a'], ['b', 'a'], true],
  ['StringNotEquals', ['a'], ['b', 'a'], false],
  ['StringEqualsIfExists', ['a'], 'b', false],
  ['StringEquals', [], 'a', false],
  ['StringNotEquals', [], 'a', true],
]

test('condition: documented cases', () => {
  for (const [operator, values, actual, want, facts] of rows) {
    const given = `${operator} ${JSON.stringify(values)} on ${JSON.stringify(actual)} with ${JSON.stringify(facts)}`
    assert.equal(holds(operator, values, actual, facts), want, given)
  }
  assert.equal(rows.length, 81)
})

test('condition: what a missing key does, for every operator, prefix and suffix', () => {
  const sample: Readonly<Partial<Record<OperatorName, string>>> = {
    BinaryEquals: 'QQ==',
    IpAddress: '10.0.0.1',
    NotIpAddress: '10.0.0.1',
    Bool: 'true',
  }
  let combinations = 0
  // Object.keys forgets that the keys are the table's own.
  for (const operator of Object.keys(operators) as OperatorName[]) {
    if (operator === 'Null') continue
    for (const prefix of ['', 'ForAllValues:', 'ForAnyValue:'] as const) {
      for (const suffix of ['', 'IfExists']) {
        const negated: boolean = operator.includes('Not')
        const want: boolean =
          prefix === 'ForAllValues:' || (prefix === '' && (negated || suffix === 'IfExists'))
        for (const missing of [undefined, []]) {
          const got = holds(`${prefix}${operator}${suffix}`, [sample[operator] ?? '2026'], missing)
          assert.equal(got, want, `${prefix}${operator}${suffix}`)
        }
        combinations += 1
      }
    }
  }
  assert.ok(combinations >= 26 * 6)
})

test('condition: a negated operator is the opposite of its positive form, for one value', () => {
  const pairs: readonly [string, string][] = [
    ['StringEquals', 'StringNotEquals'],
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
    ['StringLike', 'StringNotLike'],
    ['NumericEquals', 'NumericNotEquals'],
    ['DateEquals', 'DateNotEquals'],
    ['IpAddress', 'NotIpAddress'],
    ['ArnEquals', 'ArnNotEquals'],
    ['ArnLike', 'ArnNotLike'],
  ]
  const actuals = ['2026', '10.0.0.1', 'arn:aws:s3:::b', 'x', '', undefined]
  for (const [positive, negated] of pairs) {
    for (const actual of actuals) {
      const values = [positive === 'IpAddress' ? '10.0.0.0/8' : '2026']
      assert.notEqual(
        holds(positive, values, actual),
        holds(negated, values, actual),
        `${positive} on ${actual}`,
      )
    }
  }
  assert.equal(Object.values(operators).filter((row) => row.negated).length, pairs.length)
})

test('condition: variables are literal in version 2008-10-17', () => {
  const condition: Condition = {
    operator: 'StringEquals',
    set: undefined,
    ifExists: false,
    key: 'k',
    values: ['${v}'],
    line: 1,
    column: 1,
  }
  const compiled = compileCondition(condition, '2008-10-17', 'Allow')
  assert.equal(
    compiled(
      new Map([
        ['k', '${v}'],
        ['v', 'x'],
      ]),
    ),
    true,
  )
  assert.equal(
    compiled(
      new Map([
        ['k', 'x'],
        ['v', 'x'],
      ]),
    ),
    false,
  )
})

test('condition: what cannot be understood denies and does not allow', () => {
  const unknown: readonly Partial<Record<keyof Condition, unknown>>[] = [
    { operator: 'StringMatches' },
    { operator: 'toString' },
    { operator: '__proto__' },
    { set: 'ForMostValues' },
    { operator: 'NumericEquals', values: ['few'] },
    { values: ['${v'] },
  ]
  for (const part of unknown) {
    // A program may build an AST of its own; the types would not let this test write one that is wrong.
    const condition = {
      operator: 'StringEquals',
      set: undefined,
      ifExists: false,
      key: 'k',
      values: ['a'],
      line: 1,
      column: 1,
      ...part,
    } as Condition
    for (const actual of ['a', 'b']) {
      const facts = new Map([['k', actual]])
      assert.equal(compileCondition(condition, '2012-10-17', 'Allow')(facts), false, JSON.stringify(part))
      assert.equal(compileCondition(condition, '2012-10-17', 'Deny')(facts), true, JSON.stringify(part))
    }
  }
  assert.equal(unknown.length, 6)
})
