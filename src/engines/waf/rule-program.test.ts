// Goal: a plan that asks only rules that can match comes to what asking each rule in its order comes to.
// Method: web ACLs of random rules, with and without guards: a negation of a negation says the same and has none. Requests,
// rules and labels are few, so that most of them meet; the seed is printed. Then a count of the rules that are asked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Inspection } from './inspection.ts'
import type { Guard } from './guards.ts'
import { RuleProgram } from './rule-program.ts'
import type { WebRequest } from './request.ts'
import {
  acl,
  arnOf,
  byteMatch,
  compiled,
  get,
  labelMatch,
  noTransformation,
  own,
  regexMatch,
  rule,
  worldOf,
} from './rig.test.ts'

const name = fc.constantFrom('a', 'b', 'c')
const path = { UriPath: {} }
const size = (ComparisonOperator: string, Size: number, FieldToMatch: unknown): unknown => ({
  SizeConstraintStatement: { FieldToMatch, ComparisonOperator, Size, TextTransformations: noTransformation },
})
const simple = fc.oneof(
  fc
    .tuple(name, fc.constantFrom('CONTAINS', 'STARTS_WITH', 'EXACTLY'))
    .map(([text, where]) => byteMatch(path, `/${text}`, where)),
  name.map((text) => regexMatch(`${text}${text}\\d`)),
  name.map((text) => regexMatch(`^.[${text}]`)),
  name.map((text) => byteMatch({ SingleHeader: { Name: 'x-tag' } }, text)),
  fc
    .tuple(fc.constantFrom('GT', 'GE', 'EQ', 'LT', 'NE'), fc.nat(6))
    .map(([operator, length]) => size(operator, length, path)),
  fc.nat(4).map((length) => size('GT', length, { Body: { OversizeHandling: 'MATCH' } })),
  fc.constantFrom('documentation', 'empty').map((set) => ({
    IPSetReferenceStatement: { ARN: arnOf('ipset', set) },
  })),
  fc.constantFrom('DE', 'US', 'HU').map((code) => ({ GeoMatchStatement: { CountryCodes: [code, 'FR'] } })),
  name.map((text) => labelMatch(`seen:${text}`)),
  fc.constant(labelMatch('seen:', 'NAMESPACE')),
  fc.constantFrom('country:DE', 'country:US').map((label) => labelMatch(`awswaf:clientip:geo:${label}`)),
)
const statement = fc.oneof(
  { weight: 3, arbitrary: simple },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('AndStatement', 'OrStatement'), fc.array(simple, { minLength: 2, maxLength: 3 }))
      .map(([kind, Statements]) => ({ [kind]: { Statements } })),
  },
)
const given = fc.record({
  statement,
  label: fc.option(name, { nil: undefined }),
  blocks: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
})
const request: fc.Arbitrary<WebRequest> = fc
  .record({
    path: fc
      .array(fc.constantFrom('/', 'a', 'b', 'c', '1'), { maxLength: 6 })
      .map((parts) => `/${parts.join('')}`),
    tag: fc.option(name, { nil: undefined }),
    clientAddress: fc.constantFrom('203.0.113.7', '198.51.100.1', '2001:db8::1', '2001:dead::1', 'nowhere'),
    body: fc.uint8Array({ maxLength: 6 }),
    bodyCut: fc.boolean(),
  })
  .map(({ tag, ...more }) => get('/', { ...more, headers: tag === undefined ? [] : [['X-Tag', tag]] }))

const twiceNegated = (inner: unknown): unknown => ({
  NotStatement: { Statement: { NotStatement: { Statement: inner } } },
})

test('a plan and the order come to the same', (t) => {
  const seed = 1_616
  t.diagnostic(`seed ${seed}`)
  let blocked = 0
  let labelled = 0
  fc.assert(
    fc.property(
      fc.array(given, { minLength: 16, maxLength: 70 }),
      fc.array(request, { minLength: 5, maxLength: 5 }),
      (rules, requests) => {
        const made = (wrap: (inner: unknown) => unknown): unknown =>
          acl(
            rules.map(({ statement: inner, label, blocks }, number) =>
              rule(`rule-${number}`, number, wrap(inner), {
                Action: blocks ? { Block: {} } : { Count: {} },
                ...(label === undefined ? {} : { RuleLabels: [{ Name: `seen:${label}` }] }),
              }),
            ),
          )
        const planned = compiled(
          made((inner) => inner),
          worldOf(),
        )
        const ordered = compiled(made(twiceNegated), worldOf())
        for (const one of requests) {
          const verdict = planned.inspect(one, 0)
          if (verdict.action.type === 'BLOCK') blocked += 1
          if (verdict.labels.some((label) => label.startsWith(own))) labelled += 1
          const { oversize, ...rest } = ordered.inspect(one, 0)
          const { oversize: planOversize, ...planRest } = verdict
          assert.deepEqual(planRest, rest)
          // What guards read at once, the order may not have come to read.
          for (const component of oversize) assert.ok(planOversize.includes(component))
        }
      },
    ),
    { numRuns: 300, seed },
  )
  assert.ok(blocked > 100 && labelled > 100, `${blocked} blocked, ${labelled} labelled`)
})

test('rules whose guards do not hold are not asked', () => {
  const source = {
    prepare:
      (entries: readonly { readonly key: number | string; readonly rule: number }[]) =>
      (_inspection: Inspection, found: (rule: number) => void): void => {
        for (const { key, rule: number } of entries) if (Number(key) === 7) found(number)
      },
  }
  const rules = Array.from({ length: 1_000 }, (_, number): { readonly guards?: readonly Guard[] } =>
    number === 500 ? {} : { guards: [{ source, key: number % 250 }] },
  )
  const asked: number[] = []
  new RuleProgram(rules).run(new Inspection(get('/'), 0), (number) => {
    asked.push(number)
    return number === 507
  })
  assert.deepEqual(asked, [7, 257, 500, 507])
})
