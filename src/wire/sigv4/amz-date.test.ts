// Goal: SigV4's dates and HTTP's are read strictly. Method: every second of ten thousand years at random, then what is no date.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAmzDate, parseAmzDate, parseDateHeader } from './amz-date.ts'

test('dates: every second comes back, and only the calendar counts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (second) => {
      assert.equal(parseAmzDate(formatAmzDate(second * 1000)), second * 1000)
      assert.equal(parseDateHeader(new Date(second * 1000).toUTCString()), second * 1000)
    }),
    { seed: 8 },
  )
  const wrong = [
    '',
    '20150830',
    '20150830T123600',
    '20150830T123600z',
    '20151330T123600Z',
    '20150229T000000Z',
    '20150830T240000Z',
    '20150830T126000Z',
    '20150830T123660Z',
    ' 20150830T123600Z',
    '20150830T123600Z\n',
  ]
  for (const text of wrong) assert.equal(parseAmzDate(text), undefined, text)
  for (const text of ['Mon, 30 Aug 2015 12:36:00 GMT', 'Sun, 31 Jun 2015 12:36:00 GMT', 'yesterday'])
    assert.equal(parseDateHeader(text), undefined, text)
  assert.equal(parseAmzDate('20160229T000000Z'), Date.UTC(2016, 1, 29))
})
