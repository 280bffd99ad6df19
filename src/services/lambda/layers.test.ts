// Goal: what a layer holds is at /opt in the functions that name it; archives that nobody names go; what functions log is written by
// their roles. Method: the rig; a stub in the place of CloudWatch Logs.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Arn } from '#core/arn.ts'
import type { ServiceCall } from '#core/service-calls.ts'
import { WireFault } from '#wire/index.ts'
import { zip } from '../../../test/functions/zip.ts'
import { openCodeStore } from '#functions/index.ts'
import { createCodeKeeper } from './code-keeper.ts'
import { createLogWriter } from './log-writer.ts'
import { Lambda } from '@aws-sdk/client-lambda'
import { here, refusal, rig, there } from './rig.test.ts'

test('layers are found by Node and Python, and read as files', async (t) => {
  const { lambda, make, invoke, user } = await rig(t)
  const published = await lambda.publishLayerVersion({
    LayerName: 'shared',
    CompatibleRuntimes: ['nodejs24.x', 'python3.11'],
    Content: {
      ZipFile: zip(
        { name: 'nodejs/node_modules/greeting/index.js', content: "module.exports = 'hello from Node'" },
        { name: 'python/greeting.py', content: "text = 'hello from Python'" },
        { name: 'data.txt', content: 'data' },
      ),
    },
  })
  const arn = `arn:aws:lambda:us-east-1:${here}:layer:shared`
  assert.deepEqual([published.LayerArn, published.LayerVersionArn, published.Version], [arn, `${arn}:1`, 1])
  const Layers = [`${arn}:1`]
  const source =
    "exports.handler = async () => [require('greeting'), require('fs').readFileSync('/opt/data.txt', 'utf8')]"
  await make('node', '', { Layers, Code: { ZipFile: zip({ name: 'index.js', content: source }) } })
  await make('python', 'import greeting\ndef handler(event, context): return greeting.text', {
    Layers,
    Runtime: 'python3.11',
  })
  await lambda.deleteLayerVersion({ LayerName: 'shared', VersionNumber: 1 })
  assert.deepEqual((await invoke('node')).payload, ['hello from Node', 'data'])
  assert.equal((await invoke('python')).payload, 'hello from Python')
  assert.match(
    await refusal(lambda.getLayerVersion({ LayerName: 'shared', VersionNumber: 1 })),
    /^ResourceNotFoundException/,
  )
  const again = await lambda.publishLayerVersion({
    LayerName: 'shared',
    Content: { ZipFile: zip({ name: 'a', content: '' }) },
  })
  assert.equal(again.Version, 2, 'a number is never used twice')
  assert.deepEqual(
    (await lambda.listLayers({})).Layers?.map(({ LayerName }) => LayerName),
    ['shared'],
  )
  assert.deepEqual(
    (await lambda.listLayerVersions({ LayerName: 'shared' })).LayerVersions?.map(({ Version }) => Version),
    [2],
  )
  const nobody = await user('nobody')
  assert.match(
    await refusal(nobody.getLayerVersion({ LayerName: 'shared', VersionNumber: 2 })),
    /^AccessDenied.*lambda:GetLayerVersion/,
  )
})

test("another account uses a layer when its own policies and the layer's say so", async (t) => {
  const { lambda, foreign: theirs, user, make, configuration, callAsService } = await rig(t)
  assert.ok(callAsService)
  const foreign = new Lambda(configuration(theirs))
  const given = { LayerName: 'shared', Content: { ZipFile: zip({ name: 'a', content: '' }) } }
  const { LayerVersionArn: arn = '', LayerArn = '' } = await lambda.publishLayerVersion(given)
  const version = { LayerName: LayerArn, VersionNumber: 1 }
  const denied = /^AccessDenied.*lambda:GetLayerVersion/
  assert.match(await refusal(foreign.getLayerVersion(version)), denied)
  assert.match(await refusal(lambda.getLayerVersionPolicy(version)), /^ResourceNotFoundException/)
  const added = await lambda.addLayerVersionPermission({
    ...{ LayerName: 'shared', VersionNumber: 1, StatementId: 'them', Principal: there },
    Action: 'lambda:GetLayerVersion',
  })
  const { Policy = '', RevisionId } = await lambda.getLayerVersionPolicy({
    LayerName: 'shared',
    VersionNumber: 1,
  })
  assert.deepEqual((JSON.parse(Policy) as { Statement: unknown }).Statement, [
    {
      Sid: 'them',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${there}:root` },
      Action: 'lambda:GetLayerVersion',
      Resource: arn,
    },
  ]) // Our own text.
  assert.equal(added.RevisionId, RevisionId)
  assert.equal((await foreign.getLayerVersion(version)).LayerVersionArn, arn)
  assert.equal((await foreign.getLayerVersionByArn({ Arn: arn })).Version, 1)
  assert.match(await refusal(foreign.deleteLayerVersion(version)), /no layer of this account|AccessDenied/)
  assert.match(await refusal(foreign.getLayerVersionPolicy(version)), /^AccessDenied/)
  const statement = { LayerName: 'shared', VersionNumber: 1, StatementId: 'them' }
  assert.match(
    await refusal(
      lambda.addLayerVersionPermission({ ...statement, Principal: '*', Action: 'lambda:GetLayerVersion' }),
    ),
    /^ResourceConflictException/,
  )
  assert.match(
    await refusal(lambda.removeLayerVersionPermission({ ...statement, RevisionId: 'other' })),
    /^PreconditionFailedException/,
  )
  await lambda.removeLayerVersionPermission(statement)
  assert.match(await refusal(foreign.getLayerVersion(version)), denied)
  assert.match(await refusal(lambda.removeLayerVersionPermission(statement)), /^ResourceNotFoundException/)

  // Who gives a function a layer may read the layer.
  await make('work', '')
  const bob = await user('bob', {
    Effect: 'Allow',
    Action: 'lambda:UpdateFunctionConfiguration',
    Resource: '*',
  })
  assert.match(
    await refusal(bob.updateFunctionConfiguration({ FunctionName: 'work', Layers: [arn] })),
    denied,
  )
  assert.equal(
    await refusal(lambda.updateFunctionConfiguration({ FunctionName: 'work', Layers: [arn] })),
    'no refusal',
  )
  assert.match(
    await refusal(lambda.updateFunctionConfiguration({ FunctionName: 'work', Layers: [`${LayerArn}:9`] })),
    /^ResourceNotFoundException|^InvalidParameterValueException/,
  )
})

test('an archive stays while a document names it, and a while longer', async (t) => {
  const { make, store, clock } = await rig(t)
  const ZipFile = zip({ name: 'index.mjs', content: '' })
  await make('work', '', { Code: { ZipFile } })
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-code-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const code = openCodeStore(
    directory,
    () => 'part',
    () => clock.nowMs,
  )
  const pathOf = ({ digest }: { readonly digest: string }) => join(directory, 'functions', 'code', digest)
  const [file, named] = [pathOf(await code.put(Buffer.from('of nobody'))), pathOf(await code.put(ZipFile))]
  const world = { nowMs: () => clock.nowMs, every: () => () => undefined }
  const keeper = createCodeKeeper({ store, world, code, log: ({ event }) => assert.fail(event) })
  await keeper.sweep()
  assert.ok(existsSync(file), 'it was put just now')
  clock.nowMs += 2 * 3_600_000
  await keeper.sweep()
  assert.ok(!existsSync(file))
  assert.ok(existsSync(named), 'a function has it')
})

test('what functions log is written by their role, to a group that is made where it is missing', async () => {
  const asked: ServiceCall[] = []
  let hasGroup = false
  const writer = createLogWriter({
    world: { every: () => () => undefined },
    callAsService: (call) => {
      asked.push(call)
      if (call.operation === 'CreateLogGroup') hasGroup = true
      return Promise.resolve(
        call.operation === 'CreateLogStream' && !hasGroup
          ? { ok: false, fault: new WireFault('ResourceNotFoundException', 'no') }
          : { ok: true, output: {} },
      )
    },
  })
  const functionArn = `arn:aws:lambda:us-east-1:${here}:function:work` as Arn // Written out.
  const roleArn = `arn:aws:iam::${here}:role/runner`
  const target = {
    account: here,
    functionArn,
    region: 'us-east-1',
    roleArn,
    logGroup: '/aws/lambda/work',
    logStream: 'one',
  }
  writer.sink(target, { timestampMs: 1, message: 'START' })
  writer.sink(target, { timestampMs: 2, message: 'END' })
  await writer.flush()
  writer.sink(target, { timestampMs: 3, message: 'START' })
  await writer.close()
  assert.deepEqual(
    asked.map(({ operation }) => operation),
    ['CreateLogStream', 'CreateLogGroup', 'CreateLogStream', 'PutLogEvents', 'PutLogEvents'],
  )
  assert.ok(asked.every(({ as }) => as.kind === 'role' && as.roleArn === roleArn))
  assert.deepEqual((asked[3]?.input as { logEvents: unknown } | undefined)?.logEvents, [
    { timestamp: 1, message: 'START' },
    { timestamp: 2, message: 'END' },
  ]) // As it was asked.
})

test('what functions log after their stream was deleted is written to a new one, and what waits is bounded by its bytes', async () => {
  const written: string[] = []
  const groups = new Set<string>()
  let isFull = false
  const writer = createLogWriter({
    world: { every: () => () => undefined },
    callAsService({ operation, input }) {
      if (isFull) return Promise.resolve({ ok: false, fault: new WireFault('InternalFailure', '') })
      if (operation === 'CreateLogStream') groups.add('one')
      if (operation === 'PutLogEvents' && groups.size === 0)
        return Promise.resolve({ ok: false, fault: new WireFault('ResourceNotFoundException', '') })
      if (operation === 'PutLogEvents')
        written.push(
          ...(input as { logEvents: { message: string }[] }).logEvents.map(({ message }) => message),
        ) // As it is asked.
      return Promise.resolve({ ok: true, output: {} })
    },
  })
  const target = {
    ...{ account: here, region: 'us-east-1', roleArn: `arn:aws:iam::${here}:role/runner` },
    functionArn: `arn:aws:lambda:us-east-1:${here}:function:work` as Arn, // Written out.
    ...{ logGroup: '/aws/lambda/work', logStream: 'one' },
  }
  const log = (message: string): void => writer.sink(target, { timestampMs: 1, message })
  log('before')
  await writer.flush()
  groups.clear()
  log('after')
  await writer.flush()
  assert.deepEqual(written, ['before', 'after'])

  written.length = 0
  isFull = true
  for (let line = 0; line < 1_000; line += 1) log(`${line} ${'x'.repeat(60_000)}`)
  await writer.flush()
  isFull = false
  await writer.close()
  const bytes = written.reduce((sum, { length }) => sum + length, 0)
  assert.ok(bytes <= 16 * 1024 * 1024, `${bytes} bytes waited`)
  assert.match(written.at(-1) ?? '', /^999 /, 'the oldest are lost')
})

test('what functions log while it cannot be written, or is being written, is written later', async () => {
  const written: string[] = []
  let isFull = false
  const writer = createLogWriter({
    world: { every: () => () => undefined },
    async callAsService({ operation, input }) {
      await new Promise(setImmediate)
      if (isFull) return { ok: false, fault: new WireFault('InternalFailure', '') }
      if (operation === 'PutLogEvents')
        written.push(
          ...(input as { logEvents: { message: string }[] }).logEvents.map(({ message }) => message),
        ) // As it is asked.
      return { ok: true, output: {} }
    },
  })
  const target = {
    ...{ account: here, region: 'us-east-1', roleArn: `arn:aws:iam::${here}:role/runner` },
    functionArn: `arn:aws:lambda:us-east-1:${here}:function:work` as Arn, // Written out.
    ...{ logGroup: '/aws/lambda/work', logStream: 'one' },
  }
  let line = 0
  const log = (): void => writer.sink(target, { timestampMs: line, message: String(++line) })
  for (const full of [true, false, true, false]) {
    isFull = full
    log()
    const flushed = writer.flush()
    await new Promise(setImmediate)
    log()
    await flushed
  }
  await writer.close()
  assert.deepEqual(written, ['1', '2', '3', '4', '5', '6', '7', '8'])
})
