// Goal: a call that switches logging off is a finding, and starts a function, within a second; what is found survives a crash, and is counted
// once.
// Method: the rig's cloud with its real audit trail; for the time, real timers; for crashes, a runner that begins from what is on disk.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counted } from './documents.ts'
import { readFinding } from './findings/wire.ts'
import { functionArn, here, home, rig } from './rig.test.ts'

const type = 'Stealth:IAMUser/CloudTrailLoggingDisabled'

test(
  'guardduty: StopLogging becomes a finding, and starts a function within a second',
  { timeout: 10_000 },
  async (t) => {
    const { cloudtrail, guardduty, events, lambda, trail, detect } = await rig(t, { timers: true })
    await trail()
    const DetectorId = await detect()
    await events.putRule({ Name: 'findings', EventPattern: JSON.stringify({ source: ['aws.guardduty'] }) })
    await events.putTargets({ Rule: 'findings', Targets: [{ Id: 'respond', Arn: functionArn }] })

    const startedMs = performance.now()
    const called = lambda.called()
    await cloudtrail.stopLogging({ Name: 'main' })
    await called
    const tookMs = performance.now() - startedMs
    assert.ok(tookMs < 1_000, `took ${tookMs} ms`)
    t.diagnostic(`attack to function: ${tookMs.toFixed(0)} ms`)

    const [event] = lambda.given
    assert.ok(event)
    const { source, account, region, detail } = event
    assert.deepEqual(
      [source, event['detail-type'], account, region],
      ['aws.guardduty', 'GuardDuty Finding', here, home],
    )
    assert.deepEqual(
      [
        detail['schemaVersion'],
        detail['type'],
        detail['severity'],
        detail.service['count'],
        detail.service['detectorId'],
      ],
      ['2.0', type, 2, 1, DetectorId],
    )
    const { value } = detail.service['additionalInfo'] as { readonly value: string } // JSON within JSON.
    assert.match(value, /aws cloudtrail start-logging --name main --region eu-west-1/)

    const { FindingIds = [] } = await guardduty.listFindings({ DetectorId })
    assert.deepEqual(FindingIds, [detail['id']])
    const { Findings = [] } = await guardduty.getFindings({ DetectorId, FindingIds })
    assert.equal(Findings[0]?.Service?.Action?.AwsApiCallAction?.Api, 'StopLogging')
    assert.equal(
      Findings[0]?.Arn,
      `arn:aws:guardduty:${home}:${here}:detector/${DetectorId}/finding/${String(detail['id'])}`,
    )
  },
)

test('guardduty: what happens again is the same finding; another account and Region find nothing of it', async (t) => {
  const { cloudtrail, elsewhere, otherRegion, guardduty, trail, detect, pass, found } = await rig(t)
  await trail()
  const DetectorId = await detect()
  await elsewhere.createDetector({ Enable: true })
  await otherRegion.createDetector({ Enable: true })
  await pass()
  for (let time = 0; time < 3; time += 1) await cloudtrail.stopLogging({ Name: 'main' })
  await pass()
  assert.equal(found().length, 1)
  const { FindingIds = [] } = await guardduty.listFindings({ DetectorId })
  const { Findings = [] } = await guardduty.getFindings({ DetectorId, FindingIds })
  assert.equal(Findings[0]?.Service?.Count, 3)
})

test('guardduty: a crash between a finding and the state counts nothing twice and loses nothing', async (t) => {
  const { cloudtrail, trail, detect, pass, found, crash, runner, store } = await rig(t)
  const count = () => readFinding(found()[0]?.finding ?? {}).Service?.Count
  const waiting = () => [...store.read.everywhere(counted)].length
  await trail()
  await detect()
  await runner().save()
  await cloudtrail.stopLogging({ Name: 'main' })
  await pass()
  assert.deepEqual([count(), waiting()], [1, 1])

  crash() // The finding is kept, the state is not.
  await pass()
  assert.equal(count(), 1, 'replayed')
  await cloudtrail.stopLogging({ Name: 'main' })
  crash() // Nothing of it is kept.
  await pass()
  assert.equal(count(), 2, 'seen after the crash')

  await runner().save()
  assert.equal(waiting(), 0, 'a state that has seen them is on disk')
  crash()
  await pass()
  assert.equal(count(), 2)
  await cloudtrail.stopLogging({ Name: 'main' })
  await pass()
  assert.equal(count(), 3)
})
