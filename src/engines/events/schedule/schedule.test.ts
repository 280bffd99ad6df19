// Goal: schedules run when AWS documents, in every time zone, and are refused as PutRule refuses them.
// Method: the documentation's examples as rows; every run of some years against a scan of all minutes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextAfter, parseSchedule, type Schedule } from '../index.ts'
import { nextCron, parseCron } from './cron.ts'
import { parseZone, type Zone } from './zone.ts'

function schedule(expression: string, timezone?: string): Schedule {
  const parsed = parseSchedule(expression, timezone)
  assert(parsed.ok, expression)
  return parsed.schedule
}

function runs(expression: string, from: string, count: number, timezone?: string): readonly string[] {
  const given = schedule(expression, timezone)
  const times: string[] = []
  let instant: number | undefined = Date.parse(from)
  for (let run = 0; run < count; run += 1) {
    instant = nextAfter(given, instant)
    if (instant === undefined) break
    times.push(new Date(instant).toISOString().slice(0, 16))
  }
  return times
}

/** Source: EventBridge User Guide, "Cron expressions", examples; Quartz, `CronExpression`, for L and W. */
const crons: readonly [expression: string, from: string, want: readonly string[]][] = [
  ['0 10 * * ? *', '2026-11-26T10:00:00Z', ['2026-11-27T10:00', '2026-11-28T10:00']],
  ['15 12 * * ? *', '2026-11-26T12:14:59Z', ['2026-11-26T12:15']],
  ['0 18 ? * MON-FRI *', '2026-11-26T19:00:00Z', ['2026-11-27T18:00', '2026-11-30T18:00']],
  ['0 8 1 * ? *', '2026-11-26T00:00:00Z', ['2026-12-01T08:00', '2027-01-01T08:00']],
  ['0/15 * * * ? *', '2026-11-26T10:50:00Z', ['2026-11-26T11:00', '2026-11-26T11:15']],
  ['1/10 * * * ? *', '2026-11-26T10:52:00Z', ['2026-11-26T11:01', '2026-11-26T11:11']],
  ['0/5 8-17 ? * MON-FRI *', '2026-11-27T17:55:00Z', ['2026-11-30T08:00']],
  [
    '0/30 20-2 ? * MON-FRI *',
    '2026-11-27T22:30:00Z',
    ['2026-11-27T23:00', '2026-11-27T23:30', '2026-11-30T00:00'],
  ],
  ['5,35 14 * * ? *', '2026-11-26T14:05:00Z', ['2026-11-26T14:35', '2026-11-27T14:05']],
  ['15 10 ? * 6L 2026-2027', '2026-11-26T00:00:00Z', ['2026-11-27T10:15', '2026-12-25T10:15']],
  ['0 9 ? * 2#1 *', '2026-11-26T00:00:00Z', ['2026-12-07T09:00', '2027-01-04T09:00']],
  ['0 2 ? * SAT#3 *', '2026-11-26T00:00:00Z', ['2026-12-19T02:00']],
  ['0 2 ? * sat#5 *', '2026-11-26T00:00:00Z', ['2027-01-30T02:00', '2027-05-29T02:00']],
  ['0 0 L * ? *', '2027-01-31T12:00:00Z', ['2027-02-28T00:00', '2027-03-31T00:00']],
  ['0 0 LW * ? *', '2027-01-01T00:00:00Z', ['2027-01-29T00:00', '2027-02-26T00:00']],
  ['0 0 3W * ? *', '2026-12-31T00:00:00Z', ['2027-01-04T00:00', '2027-02-03T00:00']],
  ['0 0 1W 5 ? *', '2027-04-30T00:00:00Z', ['2027-05-03T00:00']],
  ['0 0 31W 1 ? *', '2027-01-01T00:00:00Z', ['2027-01-29T00:00']],
  ['0 0 ? * L *', '2026-11-26T00:00:00Z', ['2026-11-28T00:00', '2026-12-05T00:00']],
  ['0 0 29 2 ? *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['0 0 1 JAN,jul ? *', '2026-03-01T00:00:00Z', ['2026-07-01T00:00', '2027-01-01T00:00']],
  ['0 0 1 1/4 ? *', '2026-01-01T00:00:00Z', ['2026-05-01T00:00', '2026-09-01T00:00']],
  ['0 0 1 1 ? 2030', '2026-01-01T00:00:00Z', ['2030-01-01T00:00']],
  ['15 10 ? * 6L 2002-2005', '2026-01-01T00:00:00Z', []],
  ['0 0 31 2 ? *', '2026-01-01T00:00:00Z', []],
]

test('cron', () => {
  for (const [fields, from, want] of crons)
    assert.deepEqual(runs(`cron(${fields})`, from, Math.max(want.length, 1)), want, fields)
  assert.equal(crons.length, 25)
})

/** Source: answers of PutRule; EventBridge User Guide, "Cron expressions", limits. */
const refused = [
  'rate(10 seconds)',
  'rate(10 years)',
  'rate(1 minutes)',
  'rate(1 hours)',
  'rate(1 days)',
  'rate(10 minute)',
  'rate(10 hour)',
  'rate(10 day)',
  'rate()',
  'rate(10)',
  'rate(10 minutess)',
  'rate(foo minutes)',
  'rate(0 minutes)',
  'rate(-10 minutes)',
  'rate(10 MINUTES)',
  'rate( 10 minutes )',
  ' rate(10 minutes)',
  'cron(0 1 * * * *)',
  'cron(7 20 * * NOT *)',
  'cron(INVALID)',
  'cron(0 dummy ? * MON-FRI *)',
  'cron(71 8 1 * ? *)',
  'cron(0 8 ? * ? *)',
  'cron(0 8 1 * MON *)',
  'cron(0 24 * * ? *)',
  'cron(0 0 0 * ? *)',
  'cron(0 0 32 * ? *)',
  'cron(0 0 1 13 ? *)',
  'cron(0 0 ? * 8 *)',
  'cron(0 0 ? * 3#6 *)',
  'cron(0 0 ? * 3#1,6#3 *)',
  'cron(0 0 1 1 ? 1969)',
  'cron(0 0 1 1 ? 2200)',
  'cron(0 0 1 1 ? 2030-2028)',
  'cron(0 0 1W,2W * ? *)',
  'cron(0 0 L,1 * ? *)',
  'cron(? 0 1 * ? *)',
  'cron(0/0 0 1 * ? *)',
  'cron(0/60 0 1 * ? *)',
  'cron(1- 0 1 * ? *)',
  'cron(,1 0 1 * ? *)',
  'cron(0 0 1 * ?)',
  'cron(0 0 1 * ? * *)',
  'at(2026-02-30T00:00:00)',
  'at(2026-02-03)',
  'every day',
  '',
  `cron(${'0,'.repeat(200)}0 0 1 * ? *)`,
]

test('what PutRule refuses', () => {
  for (const expression of refused)
    assert.deepEqual(
      parseSchedule(expression),
      { ok: false, reason: 'Parameter ScheduleExpression is not valid.' },
      expression,
    )
  assert.equal(refused.length, 48)
})

test('Scheduler takes the plural of one, and says otherwise what it refuses', () => {
  assert.deepEqual(parseSchedule('rate(1 minutes)', 'UTC'), {
    ok: true,
    schedule: { kind: 'rate', everyMs: 60_000 },
  })
  assert.equal(parseSchedule('rate(2 minute)', 'UTC').ok, false)
  assert.deepEqual(parseSchedule('rate(x)', 'Europe/Berlin'), {
    ok: false,
    reason: 'Invalid Schedule Expression rate(x).',
  })
  for (const zone of ['Mars/Olympus', '', '+01:00', 'constructor'])
    assert.deepEqual(parseSchedule('rate(1 minute)', zone), {
      ok: false,
      reason: `Invalid ScheduleExpressionTimezone ${zone}.`,
    })
})

test('rates and one-time schedules', () => {
  assert.equal(nextAfter(schedule('rate(5 minutes)'), 1000), 301_000)
  assert.equal(nextAfter(schedule('rate(1 day)'), 0), 86_400_000)
  // A day of a rate has 24 hours also where clocks are turned.
  assert.deepEqual(runs('rate(1 days)', '2027-03-27T12:00:00Z', 2, 'Europe/Berlin'), [
    '2027-03-28T12:00',
    '2027-03-29T12:00',
  ])
  const once = schedule('at(2026-11-20T13:00:00)', 'America/New_York')
  const time = Date.parse('2026-11-20T18:00:00Z')
  assert.equal(nextAfter(once, time - 1), time)
  assert.equal(nextAfter(once, time), undefined)
  // Skipped by clocks: as if they had been turned later.
  assert.deepEqual(runs('at(2027-03-28T02:30:00)', '2027-01-01T00:00:00Z', 1, 'Europe/Berlin'), [
    '2027-03-28T01:30',
  ])
})

/** Source: EventBridge Scheduler User Guide, "Daylight savings time on EventBridge Scheduler". */
const turns: readonly [why: string, fields: string, zone: string, from: string, want: readonly string[]][] = [
  [
    'before and after the turn',
    '0 9 * * ? *',
    'Europe/Berlin',
    '2027-03-27T00:00:00Z',
    ['2027-03-27T08:00', '2027-03-28T07:00'],
  ],
  ['skipped by clocks', '30 2 * * ? *', 'Europe/Berlin', '2027-03-27T02:00:00Z', ['2027-03-29T00:30']],
  [
    'every half hour, over the gap',
    '0/30 1-3 * * ? *',
    'America/New_York',
    '2027-03-14T06:00:00Z',
    ['2027-03-14T06:30', '2027-03-14T07:00', '2027-03-14T07:30', '2027-03-15T05:00'],
  ],
  [
    'shown twice, runs once',
    '30 2 * * ? *',
    'Europe/Berlin',
    '2027-10-30T12:00:00Z',
    ['2027-10-31T00:30', '2027-11-01T01:30'],
  ],
  ['asked between the two', '30 2 * * ? *', 'Europe/Berlin', '2027-10-31T01:15:00Z', ['2027-11-01T01:30']],
  [
    'each of them, once',
    '0/30 2-3 * * ? *',
    'Europe/Berlin',
    '2027-10-30T12:00:00Z',
    ['2027-10-31T00:00', '2027-10-31T00:30', '2027-10-31T02:00'],
  ],
  ['turned at midnight', '0 0 * * ? *', 'Africa/Cairo', '2027-04-29T12:00:00Z', ['2027-04-30T21:00']],
  [
    'half an hour',
    '45 1 * * ? *',
    'Australia/Lord_Howe',
    '2027-04-03T00:00:00Z',
    ['2027-04-03T14:45', '2027-04-04T15:15'],
  ],
  ['a zone of quarters', '0 0 1 * ? *', 'Asia/Kathmandu', '2027-01-15T00:00:00Z', ['2027-01-31T18:15']],
  [
    'a day that a zone had not',
    '0 12 * * ? *',
    'Pacific/Apia',
    '2011-12-29T12:00:00Z',
    ['2011-12-29T22:00', '2011-12-30T22:00'],
  ],
]

test('time zones', () => {
  for (const [why, fields, zone, from, want] of turns)
    assert.deepEqual(runs(`cron(${fields})`, from, want.length, zone), want, why)
  assert.equal(turns.length, 10)
})

test('what runs next is the first minute, by a scan, that clocks show for the first time', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'Asia/Kolkata',
  ]
  const start = Date.parse('2027-01-01T00:00:00Z')
  const expression = fc.tuple(
    fc.constantFrom('0', '30', '0/20', '15,45', '*', '59'),
    fc.constantFrom('*', '0', '2', '1-3', '22-2'),
    fc.constantFrom('* * ?', '? * SUN', '28-31 3,10 ?', '? * 1L', '? * 1#2', 'L * ?'),
  )
  fc.assert(
    fc.property(
      expression,
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 365 * 1440 }),
      ([m, h, d], name, at) => {
        const zone = parseZone(name)
        assert(zone !== undefined)
        const instant = start + at * 60_000
        const given = schedule(`cron(${m} ${h} ${d} *)`, name)
        const next = nextAfter(given, instant)
        assert(next !== undefined && next > instant)
        // Nothing between runs: at most as many steps as a test has patience for.
        const inUtc = schedule(`cron(${m} ${h} ${d} *)`)
        const until = Math.min(next, instant + 3 * 1440 * 60_000)
        for (let minute = instant + 60_000; minute < until; minute += 60_000) {
          const clock = zone.clock(minute)
          const shown = nextAfter(inUtc, clock - 1) === clock
          assert(
            !shown || zone.instant(clock) !== minute,
            `${m} ${h} ${d} in ${name} at ${new Date(minute).toISOString()}`,
          )
        }
        assert.equal(nextAfter(inUtc, zone.clock(next) - 1), zone.clock(next))
      },
    ),
    { numRuns: 60 },
  )
})

test('what runs each minute of a time zone is found by a look or two', () => {
  const berlin = parseZone('Europe/Berlin')
  assert(berlin !== undefined)
  assert.equal(parseZone('Europe/Berlin'), berlin, 'it is made once')
  let looks = 0
  const counted: Zone = {
    name: 'counted',
    clock: (instant) => berlin.clock(instant),
    instant(clock) {
      looks += 1
      return berlin.instant(clock)
    },
    instantOrAfter: (clock) => berlin.instantOrAfter(clock),
  }
  const noon = Date.parse('2026-11-27T12:00:30Z')
  assert.equal(nextCron(parseCron('* * * * ? *'), counted, noon), noon + 30_000)
  assert(looks <= 2, `${looks} looks`)
})

test('a schedule that never runs is found out in bounded time', () => {
  const start = performance.now()
  assert.equal(nextAfter(schedule('cron(* * 31 2,4,6,9,11 ? *)', 'Europe/Berlin'), 0), undefined)
  assert.equal(
    nextAfter(schedule('cron(* * * * ? 1970)', 'Europe/Berlin'), Date.parse('2026-01-01')),
    undefined,
  )
  assert.equal(nextAfter(schedule('cron(* * ? * * 2199)', 'Europe/Berlin'), 8.64e15), undefined)
  assert(performance.now() - start < 2000)
})
