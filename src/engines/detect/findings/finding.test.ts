// Goal: signals of one finding are one finding; texts and commands hold what a record says, and nothing that a record says can get out of its quotes.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { cloudTrailLogging } from '../detectors/control/index.ts'
import { createDetection } from '../detection.ts'
import { unknownSurroundings } from '../surroundings.ts'
import { findingOf } from './finding.ts'
import { remedy, sentence } from './texts.ts'

const home = {
  ...{ partition: 'aws', account: '111122223333', region: 'eu-central-1' },
  ...{ detectorId: '12abc34d567e8fa901bc2d34e56789f0', findingId: '0fb8a1f2c3d4e5f60718293a4b5c6d7e' },
}

function signalAt(eventTime: string) {
  const { see } = createDetection({
    detectors: [cloudTrailLogging],
    surroundings: unknownSurroundings,
    onFault: assert.ifError,
  })
  const [signal] = see('cloudTrail', {
    ...{ eventID: eventTime, eventTime, eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' },
    ...{ awsRegion: 'eu-central-1', recipientAccountId: home.account, sourceIPAddress: '203.0.113.9' },
    userIdentity: {
      ...{ type: 'IAMUser', userName: 'ann', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      ...{ arn: `arn:aws:iam::${home.account}:user/ann`, accountId: home.account },
    },
    requestParameters: { name: 'main' },
  })
  const facts = cloudTrailLogging.finds['Stealth:IAMUser/CloudTrailLoggingDisabled']
  assert.ok(signal && facts)
  return { signal, facts }
}

test('finding: the first signal makes it, the next are counted, an earlier one moves the first time only', () => {
  const { signal, facts } = signalAt('2026-01-02T00:00:00Z')
  const first = findingOf(signal, facts, home)
  assert.equal(first.Title, 'CloudTrail logging of main was disabled.')
  assert.equal(
    first.Arn,
    `arn:aws:guardduty:eu-central-1:111122223333:detector/${home.detectorId}/finding/${home.findingId}`,
  )
  assert.equal(first.Service?.Count, 1)
  assert.equal(first.Service?.Action?.AwsApiCallAction?.RemoteIpDetails?.IpAddressV4, '203.0.113.9')
  const later = findingOf(signalAt('2026-01-03T00:00:00Z').signal, facts, home, first)
  const earlier = findingOf(signalAt('2026-01-01T00:00:00Z').signal, facts, home, later)
  const { Count, EventFirstSeen, EventLastSeen } = earlier.Service ?? {}
  assert.deepEqual(
    [Count, EventFirstSeen, EventLastSeen],
    [3, '2026-01-01T00:00:00.000Z', '2026-01-03T00:00:00.000Z'],
  )
  assert.equal(earlier.CreatedAt, first.CreatedAt)
})

test('remedy: a command has the finding’s own resource; one with something unknown is left out', () => {
  const { signal, facts } = signalAt('2026-01-02T00:00:00Z')
  const commands = remedy(facts.remediation, signal.values).map(({ command }) => command)
  assert.deepEqual(commands, [
    'aws cloudtrail start-logging --name main --region eu-central-1',
    'aws iam update-access-key --user-name ann --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive',
    undefined,
    'aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=AKIAIOSFODNN7EXAMPLE',
  ])
})

test('remedy: whatever a value is, a shell reads it as one word', () => {
  const word = fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from(`ab'"$\`\\;&|<>(){}*?~! -#`)) })
  fc.assert(
    fc.property(word, (value) => {
      const [{ command } = {}] = remedy([{ text: '', command: 'printf %s {value}' }], { value })
      assert.ok(command)
      assert.equal(execFileSync('sh', ['-c', command], { encoding: 'utf8' }), value)
    }),
    { numRuns: 50 },
  )
  assert.equal(
    remedy([{ text: '', command: 'echo {value}' }], { value: 'a\nrm -r b' })[0]?.command,
    undefined,
  )
})

test('sentence: no value ends its line, or reaches a terminal', () => {
  const values = { name: 'a\r\nSeverity: low\u001B[2J\u009B1m\u202Eb', other: '{name}' }
  assert.equal(
    sentence('{name} called as {other}.', values),
    'a\uFFFD\uFFFDSeverity: low\uFFFD[2J\uFFFD1m\uFFFDb called as {name}.',
  )
})
