import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { KeySpec, SigningAlgorithmSpec } from '@aws-sdk/client-kms'
import { createRecorder } from '#telemetry/audit/record.ts'
import { createSigner } from '#wire/sigv4/index.ts'
import { newKey, region, rig, startMs } from '../../src/services/kms/rig.test.ts'
import { table } from '../table.ts'

/** One key spec with one algorithm: what `openssl speed` calls it, and how node:crypto signs the same. */
interface Row {
  readonly spec: KeySpec
  readonly algorithm: SigningAlgorithmSpec
  /** The first fields of the line that `openssl speed -mr` prints; undefined where it has no such test. */
  readonly openssl?: readonly [parameter: string, line: string]
  readonly bare: { readonly hash: string | undefined; readonly key: () => KeyObject; readonly pss?: boolean }
}

const rsa = (bits: 2048 | 3072 | 4096): readonly Row[] =>
  (['RSASSA_PKCS1_V1_5', 'RSASSA_PSS'] as const).flatMap((scheme) =>
    ([256, 384, 512] as const).map((hash) => ({
      spec: `RSA_${bits}` as const,
      algorithm: `${scheme}_SHA_${hash}` as const,
      openssl: [`rsa${bits}`, `\\+F2:\\d+:${bits}`] as const,
      bare: {
        hash: `sha${hash}`,
        key: () => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey,
        pss: scheme === 'RSASSA_PSS',
      },
    })),
  )

const ec = (
  spec: KeySpec,
  hash: 256 | 384 | 512,
  namedCurve: string,
  openssl?: readonly [parameter: string, line: string],
): Row => ({
  spec,
  algorithm: `ECDSA_SHA_${hash}`,
  ...(openssl && { openssl }),
  bare: { hash: `sha${hash}`, key: () => generateKeyPairSync('ec', { namedCurve }).privateKey },
})

const mlDsa = (size: 44 | 65 | 87): Row => ({
  spec: `ML_DSA_${size}`,
  algorithm: 'ML_DSA_SHAKE_256',
  openssl: [`ML-DSA-${size}`, `\\+F\\d+:\\d+:ML-DSA-${size}`],
  bare: { hash: undefined, key: () => generateKeyPairSync(`ml-dsa-${size}`).privateKey },
})

const rows: readonly Row[] = [
  ...rsa(2048),
  ...rsa(3072),
  ...rsa(4096),
  ec('ECC_NIST_P256', 256, 'P-256', ['ecdsap256', '\\+F4:\\d+:256']),
  ec('ECC_NIST_P384', 384, 'P-384', ['ecdsap384', '\\+F4:\\d+:384']),
  ec('ECC_NIST_P521', 512, 'P-521', ['ecdsap521', '\\+F4:\\d+:521']),
  ec('ECC_SECG_P256K1', 256, 'secp256k1'),
  {
    spec: 'ECC_NIST_EDWARDS25519',
    algorithm: 'ED25519_SHA_512',
    openssl: ['ed25519', '\\+F6:\\d+:253:Ed25519'],
    bare: { hash: undefined, key: () => generateKeyPairSync('ed25519').privateKey },
  },
  mlDsa(44),
  mlDsa(65),
  mlDsa(87),
]

const message = Buffer.from('an invoice of 7 €')

/**
 * Prints how many signatures a second each key spec makes: through the whole pipeline in this process (signed request in, answer out),
 * by node:crypto alone, and by `openssl speed`; one core each, one after another.
 */
export async function measureSigning(seconds: number): Promise<void> {
  const { admin, administrators } = await rig({
    audit: ({ world }) => ({
      keeps: () => true,
      record: createRecorder(world.randomBytes),
      recordEvent: () => assert.fail('nothing happens by itself here'),
      append: () => undefined,
      flush: () => undefined,
    }),
  })
  const [credentials] = administrators.values()
  assert.ok(credentials, 'the rig has an administrator')
  const signer = createSigner({ ...credentials, service: 'kms', region })
  const keyIds = new Map<KeySpec, string>()
  const figures: string[][] = []
  for (const { spec, algorithm, openssl, bare } of rows) {
    const known = keyIds.get(spec)
    const id = known ?? (await newKey(admin, { KeySpec: spec, KeyUsage: 'SIGN_VERIFY' })).id
    keyIds.set(spec, id)
    const body = JSON.stringify({
      KeyId: id,
      Message: message.toString('base64'),
      SigningAlgorithm: algorithm,
    })
    const request = signer.sign(
      {
        method: 'POST',
        path: '/',
        query: '',
        headers: {
          host: 'in.process',
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'TrentService.Sign',
        },
        body: Buffer.from(body),
      },
      startMs,
    )
    const through = await perSecond(seconds, async () => {
      const { response } = await admin.config.requestHandler.handle(request as never) // The rig's handler takes what was signed.
      assert.equal(response.statusCode, 200)
    })
    const key = bare.key()
    const signing = bare.pss ? { key, padding: 6, saltLength: -1 } : key
    const alone = await perSecond(seconds, () => sign(bare.hash, message, signing))
    const peer = openssl && opensslSpeed(openssl, seconds)
    const shown = [through, alone, peer].map((figure) =>
      figure === undefined ? '–' : Math.round(figure).toLocaleString('en'),
    )
    figures.push([
      `${spec} ${algorithm}`,
      ...shown,
      `${(through / alone).toFixed(2)} ×`,
      peer === undefined ? '–' : `${(through / peer).toFixed(2)} ×`,
    ])
  }
  const heads = [
    'Sign, a second of CPU',
    'through the pipeline',
    'node:crypto alone',
    'openssl speed',
    'of node:crypto',
    'of openssl',
  ]
  console.log(`\n${table(heads, figures)}`)
}

/** Calls a second of this process's CPU time, which is what `openssl speed` counts too: others on the machine do not show. */
async function perSecond(seconds: number, call: () => unknown): Promise<number> {
  for (let warm = 0; warm < 20; warm += 1) await call()
  const until = performance.now() + seconds * 1000
  const before = process.cpuUsage()
  let calls = 0
  while (performance.now() < until) {
    await call()
    calls += 1
  }
  const { user, system } = process.cpuUsage(before)
  return (calls * 1_000_000) / (user + system)
}

const measured = new Map<string, number | undefined>()

/** Signatures a second by `openssl speed`; undefined where there is no openssl, or none that has the algorithm. */
function opensslSpeed([parameter, line]: readonly [string, string], seconds: number): number | undefined {
  if (measured.has(parameter)) return measured.get(parameter)
  const whole = String(Math.max(1, Math.round(seconds)))
  const { stdout } = spawnSync('openssl', ['speed', '-mr', '-seconds', whole, parameter], {
    encoding: 'utf8',
  })
  const told = new RegExp(`^${line}:([0-9.]+)`, 'm').exec(stdout)?.[1]
  const figure = told === undefined ? undefined : Number(told)
  measured.set(parameter, figure)
  return figure
}
