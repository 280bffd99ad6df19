// Goal: a detector is what AWS says it is: one in an account's Region, refused where AWS refuses, seen by nobody else.
// Method: AWS's client through the rig.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functionArn, here, home, refusal, rig } from './rig.test.ts'

const notOwned =
  'BadRequestException: The request is rejected because the input detectorId is not owned by the current account.'

test('detectors: one in an account and Region, with its features', async (t) => {
  const { guardduty, elsewhere, otherRegion, detect } = await rig(t)
  const DetectorId = await detect({
    FindingPublishingFrequency: 'FIFTEEN_MINUTES',
    Tags: { team: 'blue' },
    Features: [{ Name: 'S3_DATA_EVENTS', Status: 'DISABLED' }],
  })
  assert.match(DetectorId, /^[0-9a-f]{32}$/)
  assert.equal(
    await refusal(guardduty.createDetector({ Enable: true })),
    'BadRequestException: The request is rejected because a detector already exists for the current account.',
  )
  const detector = await guardduty.getDetector({ DetectorId })
  assert.deepEqual(
    [
      detector.Status,
      detector.FindingPublishingFrequency,
      detector.Tags,
      detector.DataSources?.S3Logs?.Status,
    ],
    ['ENABLED', 'FIFTEEN_MINUTES', { team: 'blue' }, 'DISABLED'],
  )
  const on = detector.Features?.filter(({ Status }) => Status === 'ENABLED').map(({ Name }) => Name)
  assert.deepEqual(on, ['CLOUD_TRAIL', 'DNS_LOGS', 'FLOW_LOGS', 'LAMBDA_NETWORK_LOGS'])
  assert.deepEqual((await guardduty.listDetectors({})).DetectorIds, [DetectorId])

  for (const other of [elsewhere, otherRegion]) {
    assert.deepEqual((await other.listDetectors({})).DetectorIds, [])
    assert.equal(await refusal(other.getDetector({ DetectorId })), notOwned)
    assert.equal(await refusal(other.deleteDetector({ DetectorId })), notOwned)
    assert.equal(await refusal(other.listFindings({ DetectorId })), notOwned)
  }
})

test('detectors: a feature whose records do not exist is refused, in either form', async (t) => {
  const { guardduty, detect } = await rig(t)
  const DetectorId = await detect()
  const refused =
    /^BadRequestException: .* feature (?:EKS_AUDIT_LOGS|RUNTIME_MONITORING|EBS_MALWARE_PROTECTION) /
  for (const asked of [
    { Features: [{ Name: 'EKS_AUDIT_LOGS' as const, Status: 'ENABLED' as const }] },
    { Features: [{ Name: 'RUNTIME_MONITORING' as const, Status: 'ENABLED' as const }] },
    { DataSources: { Kubernetes: { AuditLogs: { Enable: true } } } },
    { DataSources: { MalwareProtection: { ScanEc2InstanceWithFindings: { EbsVolumes: true } } } },
  ])
    assert.match(await refusal(guardduty.updateDetector({ DetectorId, ...asked })), refused)
  await guardduty.updateDetector({ DetectorId, DataSources: { S3Logs: { Enable: false } } })
  await guardduty.updateDetector({ DetectorId, Features: [{ Name: 'EKS_AUDIT_LOGS', Status: 'DISABLED' }] })
  const { DataSources } = await guardduty.getDetector({ DetectorId })
  assert.equal(DataSources?.S3Logs?.Status, 'DISABLED')
})

test('detectors: a disabled one finds that it was disabled, and then nothing; a deleted one takes its findings along', async (t) => {
  const { guardduty, cloudtrail, trail, detect, pass, found, later, events, lambda, delivered } = await rig(t)
  const types = () => found().map(({ finding }) => finding['type'])
  const disabled = 'DefenseEvasion:IAMUser/ThreatDetectionDisabled'
  const stopped = 'Stealth:IAMUser/CloudTrailLoggingDisabled'
  await trail()
  const DetectorId = await detect()
  await guardduty.updateDetector({ DetectorId, Enable: false })
  await cloudtrail.stopLogging({ Name: 'main' })
  await pass()
  assert.deepEqual(types(), [disabled])
  later(10_000)
  await pass()
  await guardduty.updateDetector({ DetectorId, Enable: true })
  await pass()
  await cloudtrail.stopLogging({ Name: 'main' })
  await pass()
  assert.deepEqual(new Set(types()), new Set([disabled, stopped]))
  await guardduty.deleteDetector({ DetectorId })
  assert.equal(found().length, 0)
  await events.putRule({ Name: 'all', EventPattern: '{"source":["aws.guardduty"]}' })
  await events.putTargets({ Rule: 'all', Targets: [{ Id: 'one', Arn: functionArn }] })
  await pass()
  assert.equal(found().length, 0, 'nothing is kept of it, and it is told')
  await delivered()
  assert.deepEqual(
    lambda.given.map(({ detail }) => detail['type']),
    [disabled],
  )
  assert.equal(await refusal(guardduty.getDetector({ DetectorId })), notOwned)
})

test('detectors: each action needs leave for what it does', async (t) => {
  const { guardduty, detect, user } = await rig(t)
  const DetectorId = await detect()
  const arn = `arn:aws:guardduty:${home}:${here}:detector/${DetectorId}`
  const reader = await user('reader', {
    Effect: 'Allow',
    Action: ['guardduty:GetDetector', 'guardduty:ListFindings'],
    Resource: '*',
  })
  const tagged = await user('tagged', {
    Effect: 'Allow',
    Action: 'guardduty:UpdateDetector',
    Resource: arn,
    Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
  })
  await reader.getDetector({ DetectorId })
  await reader.listFindings({ DetectorId })
  const denied = /^AccessDenied/
  assert.match(await refusal(reader.updateDetector({ DetectorId, Enable: false })), denied)
  assert.match(await refusal(reader.createSampleFindings({ DetectorId })), denied)
  assert.match(await refusal(reader.deleteDetector({ DetectorId: '0'.repeat(32) })), denied)
  assert.match(await refusal(tagged.updateDetector({ DetectorId, Enable: true })), denied)
  await guardduty.tagResource({ resourceArn: arn, ResourceArn: arn, Tags: { team: 'blue' } } as never) // The client's own type differs by version.
  await tagged.updateDetector({ DetectorId, Enable: true })
})
