// Goal: what `npm run build` makes can be installed anywhere and runs there, without a TypeScript source.
// Method: build, pack, install the tarball in an empty project, start its `redoubt`, call it, and use its libraries.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { allowed } from '../clients/expect.ts'
import { sdk } from '../clients/sdk.ts'
import { devAdministrator, directoryFor, serverFor } from '../server.ts'

const execute = promisify(execFile)
const root = join(import.meta.dirname, '../..')

test(
  'package: builds, packs, installs elsewhere, runs and serves as a library',
  { timeout: 240_000 },
  async (t) => {
    const folder = directoryFor(t)
    const [built, project] = [join(folder, 'built'), join(folder, 'project')]
    mkdirSync(project)
    const installed = join(project, 'node_modules/redoubt')

    await t.test('it builds and packs', async () => {
      await execute(process.execPath, [join(root, 'scripts/build.ts'), built])
      await execute('npm', ['pack', built, '--pack-destination', folder, '--silent'], { cwd: folder })
    })

    await t.test('the tarball installs with its dependencies and no script', async () => {
      writeFileSync(
        join(project, 'package.json'),
        JSON.stringify({ name: 'elsewhere', private: true, type: 'module' }),
      )
      const tarballs = globSync('redoubt-*.tgz', { cwd: folder })
      assert.equal(tarballs.length, 1)
      const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
      await execute('npm', ['install', ...flags, join(folder, tarballs[0] ?? '')], { cwd: project })
    })

    await t.test('it holds what it needs and nothing of the workshop', () => {
      const files = globSync('**/*', { cwd: installed, exclude: (name) => name === 'node_modules' })
      const sources = files.filter((file) => /(?<!\.d)\.ts$/.test(file))
      assert.deepEqual(sources, [])
      assert.deepEqual(
        files.filter((file) => /\.test\.|^test|^bench|^scripts/.test(file)),
        [],
      )
      for (const wanted of [
        'src/cli/redoubt.js',
        'models/iam.json',
        'data/service-reference/iam.json',
        'LICENSE',
        'NOTICE',
      ]) {
        assert.ok(files.includes(wanted), wanted)
      }
      const stated = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<
        string,
        unknown
      > // An object.
      for (const dropped of ['private', 'devDependencies', 'scripts', 'allowScripts'])
        assert.ok(!(dropped in stated), dropped)
    })

    await t.test('its command serves, with two workers', async (t) => {
      const command = [join(project, 'node_modules/.bin/redoubt')] as const
      const server = await serverFor(t, { dev: true, workers: 2, command })
      const { Arn } = allowed(await sdk(t, server.url).call('sts', 'GetCallerIdentity', {}, devAdministrator))
      assert.equal(Arn, 'arn:aws:iam::000000000000:user/test')
      assert.equal(await server.stop(), 0)
    })

    await t.test(
      'redoubt/policy decides, redoubt/waf inspects, redoubt/detect detects, redoubt/sigv4 signs and verifies',
      async () => {
        writeFileSync(join(project, 'consumer.ts'), consumer)
        const { stdout } = await execute(process.execPath, ['consumer.ts'], { cwd: project })
        assert.deepEqual(JSON.parse(stdout), {
          mine: 'Allow',
          others: 'Deny',
          signature: true,
          forged: false,
          web: 'BLOCK',
          threat: 'Stealth:IAMUser/CloudTrailLoggingDisabled',
        })
      },
    )

    await t.test('its declarations serve a consumer in strict TypeScript', async () => {
      const tsc = join(root, 'node_modules/typescript/bin/tsc')
      const flags = [
        '--strict',
        '--noEmit',
        '--target',
        'es2024',
        '--module',
        'nodenext',
        '--skipLibCheck',
        'false',
      ]
      const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node']
      await execute(process.execPath, [tsc, ...flags, ...types, 'consumer.ts'], { cwd: project })
    })

    await t.test('only its doors open', async () => {
      const inside = `await import('redoubt/src/core/pipeline.js')`
      await assert.rejects(
        execute(process.execPath, ['--input-type=module', '--eval', inside], { cwd: project }),
        /ERR_PACKAGE_PATH_NOT_EXPORTED/,
      )
    })
  },
)

/** A program of somebody else. */
const consumer = `
import { allDetectors, type CloudTrailRecord, createDetection, unknownSurroundings } from 'redoubt/detect'
import { compile, decide, parsePolicy, type Request } from 'redoubt/policy'
import { createSigner, createVerifier, readClaim, secretMaterial } from 'redoubt/sigv4'
import { compileWebACL, SlidingCounter } from 'redoubt/waf'

const text = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::home/\${aws:username}/*' }],
})
const parsed = parsePolicy(text, 'identity')
if ('problems' in parsed) throw new Error(parsed.problems[0].message)
const identity = compile([{ name: 'home', policy: parsed.policy }])
const principal = { kind: 'user', arn: 'arn:aws:iam::111122223333:user/ann', account: '111122223333' } as const
const ask = (resource: string): string => {
  const context = new Map([['aws:username', 'ann']])
  const request: Request = { principal, action: 's3:GetObject', resource, resourceAccount: '111122223333', context }
  return decide(request, { identity }).decision
}

const nowMs = 1_800_000_000_000
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' }
const request = { method: 'GET', path: '/', query: '', headers: { host: 'example.com' }, body: new Uint8Array() }
const signed = createSigner({ ...credentials, service: 'sts', region: 'us-east-1' }).sign(request, nowMs)
const check = (secret: string): boolean => {
  const claim = readClaim(signed)
  if (!claim.ok) throw new Error(claim.message)
  return createVerifier().verify(signed, claim, secretMaterial(secret), { nowMs, skewMs: 900_000, services: ['sts'] }).ok
}
const nobody = () => undefined
const world = {
  addressSet: nobody, regexPatternSet: nobody, ruleGroup: nobody, managedRuleGroup: nobody, locate: nobody, autonomousSystem: nobody,
}
const VisibilityConfig = { MetricName: 'web', SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false }
const acl = compileWebACL({
  Name: 'web', ARN: 'arn:web', LabelNamespace: 'awswaf:web:', DefaultAction: { Block: {} }, VisibilityConfig,
}, world, new SlidingCounter())
if (!acl.ok) throw new Error(acl.refusal.reason)
const visit = { method: 'GET', path: '/', query: '', headers: [], clientAddress: '::1', body: new Uint8Array(), bodyCut: false }

const record: CloudTrailRecord = {
  eventID: '1', eventTime: '2026-01-01T00:00:00Z', eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging',
  awsRegion: 'us-east-1', recipientAccountId: '111122223333', requestParameters: { name: 'main' },
  userIdentity: { type: 'IAMUser', userName: 'ann', arn: 'arn:aws:iam::111122223333:user/ann', accessKeyId: 'AKIDEXAMPLE' },
}
const onFault = (name: string): never => { throw new Error(name) }
const detection = createDetection({ detectors: allDetectors, surroundings: unknownSurroundings, onFault })

console.log(JSON.stringify({
  mine: ask('arn:aws:s3:::home/ann/diary'),
  others: ask('arn:aws:s3:::home/bob/diary'),
  signature: check('a secret'),
  forged: check('another secret'),
  web: acl.value.inspect(visit, nowMs).action.type,
  threat: detection.see('cloudTrail', record)[0]?.type,
}))
`
