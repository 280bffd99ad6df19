// Goal: who calls from where is judged by what is known of the place and of the credentials.
// Method: records as CloudTrail writes them, seen by all detectors of the family; the tables count that no type is missing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { call, from, surroundings, user } from '../../../../../test/detect/calls.ts'
import { checkRows, found } from '../../../../../test/detect/check-rows.ts'
import { accessRows } from '../../../../../test/detect/rows/access.ts'
import { remedy } from '../../findings/texts.ts'
import type { Surroundings } from '../../surroundings.ts'
import { isAddress } from '../../findings/api-call.ts'
import { createDetection } from '../../index.ts'
import { kilometresBetween } from '../../reading/countries.ts'
import { networkOf } from '../../reading/networks.ts'
import { noHomes, strangePlace } from './homes.ts'
import { accessDetectors } from './index.ts'
import { impossibleLeg, noJourney } from './journeys.ts'

checkRows('access', accessDetectors, accessRows)

test('countries: distances are about what an atlas says', () => {
  const rows: readonly [string, string, least: number, most: number][] = [
    ['DE', 'FR', 500, 1100],
    ['US', 'CA', 500, 1500],
    ['GB', 'US', 6000, 7500],
    ['DE', 'AU', 14_000, 17_000],
    ['FJ', 'TO', 300, 1500],
  ]
  for (const [one, other, least, most] of rows) {
    const distance = kilometresBetween(one, other) ?? 0
    assert.ok(distance > least && distance < most, `${one} ${other} ${distance}`)
    assert.equal(kilometresBetween(other, one), distance)
  }
  assert.equal(rows.length, 5)
  assert.equal(kilometresBetween('DE', 'constructor'), undefined)
})

test('networks: private addresses are told from others', () => {
  const inside = [
    '10.1.2.3',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.5',
    '::1',
    'fd00::1',
  ]
  const outside = [
    '11.1.2.3',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.1.1',
    '100.63.0.1',
    '100.128.0.1',
    '2001:db8::1',
  ]
  assert.deepEqual(
    [...inside, ...outside].filter((one) => networkOf(one, {}) === 'private'),
    inside,
  )
})

test('access: what records hold that nobody expects is no fault', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constant(undefined))
  const { see } = createDetection({
    ...{ detectors: accessDetectors, surroundings },
    onFault: (name, error) => assert.fail(`${name}: ${String(error)}`),
  })
  let at = 0
  fc.assert(
    fc.property(odd, odd, fc.string(), fc.string(), (request, response, userAgent, address) => {
      at += 1
      for (const event of ['signin:ConsoleLogin', 'sts:AssumeRole', 's3:GetObject'])
        see(
          'cloudTrail',
          call(event, request as object, {
            ...{ eventID: `odd ${at} ${event}`, userAgent, ...from(address) },
            responseElements: response as Readonly<Record<string, unknown>>,
            userIdentity: user(address),
          }),
        )
    }),
  )
})

test('access: a guessed password is told of once', () => {
  const login = (ConsoleLogin: string) =>
    call('signin:ConsoleLogin', null, { responseElements: { ConsoleLogin } })
  const failures = Array.from({ length: 8 }, () => login('Failure'))
  const signals = found(accessDetectors, [...failures, login('Success'), login('Success')])
  assert.equal(signals.filter(({ type }) => type === 'InitialAccess:IAMUser/PasswordGuessed').length, 1)
})

test('homes: one in use stays one for more than a month, and leaves its kind free for no other', () => {
  const dayMs = 86_400_000
  const known = noHomes()
  const amazon = (address: string, day: number) =>
    strangePlace(known, address, {
      atMs: day * dayMs,
      surroundings: { ...surroundings, origin: () => ({ asn: 16_509 }) },
    })
  for (let day = 0; day <= 35; day += 1) assert.equal(amazon('203.0.113.7', day), undefined)
  assert.equal(amazon('10.0.0.7', 35), undefined)
  assert.equal(amazon('203.0.113.8', 35), 'amazon')
})

test('access: whether a text is an address is told in time that its length does not square', () => {
  const startMs = performance.now()
  assert.equal(isAddress(`${':'.repeat(100_000)}x`), false)
  assert.ok(performance.now() - startMs < 1_000)
  assert.ok(isAddress('0000:0000:0000:0000:0000:ffff:255.255.255.255'))
})

test('access: a finding of a listed caller says how to block it, whatever the version of its address', () => {
  const rows = [
    ['198.51.100.77', 'IPV4 --addresses 198.51.100.77/32'],
    ['2001:db8::9', 'IPV6 --addresses 2001:db8::9/128'],
  ] as const
  for (const [address, want] of rows) {
    const listed: Surroundings = {
      ...surroundings,
      address: () => [{ threat: 'malicious', list: 'bad ones' }],
    }
    const { see } = createDetection({
      ...{ detectors: accessDetectors, surroundings: listed },
      onFault: () => assert.fail(),
    })
    const signals = see('cloudTrail', call('iam:ListUsers', null, from(address)))
    const type = 'Recon:IAMUser/MaliciousIPCaller'
    const signal = signals.find((one) => one.type === type)
    assert.ok(signal)
    const facts = accessDetectors
      .flatMap(({ finds }) => Object.entries(finds))
      .find(([name]) => name === type)?.[1]
    const commands = remedy(facts?.remediation ?? [], signal.values).map(({ command }) => command)
    assert.ok(
      commands.some((command) => command?.includes(want)),
      commands.join('\n'),
    )
  }
})

test('journeys: where somebody is every day stays theirs, though they are at one address for months', () => {
  const hourMs = 3_600_000
  const journey = noJourney()
  const places: Readonly<Record<string, string>> = { '203.0.113.7': 'DE', '198.51.100.7': 'US' }
  const at = (address: string, hour: number) =>
    impossibleLeg(journey, address, {
      atMs: hour * hourMs,
      surroundings: { ...surroundings, isOwn: () => false, origin: (one) => ({ country: places[one] }) },
    })
  for (let day = 0; day <= 100; day += 1) assert.equal(at('203.0.113.7', day * 24), undefined)
  assert.equal(at('198.51.100.7', 2_424), undefined, 'a day later')
  assert.equal(at('203.0.113.7', 2_425), undefined, 'what they left behind at home')
})
