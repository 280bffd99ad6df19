// A host of functions in this process, and a way to run a function in it; for tests of what functions are kept from and told.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountId, Arn } from '#core/arn.ts'
import type { Log } from '#core/log.ts'
import { systemWorld } from '#core/world.ts'
import { createFunctionHost, type FunctionSpec, openCodeStore, type RuntimeName } from '#functions/index.ts'
import type { Lifetime } from '../server.ts'
import { zip } from './zip.ts'

interface Wishes {
  /** Of the role's credentials. Units: milliseconds. */
  readonly lifeMs?: number
  readonly places?: readonly string[]
  /** Default: nothing may go wrong. */
  readonly log?: Log
  /** What stands in the place of credentials, where it answers something. */
  readonly provided?: () => Promise<never> | undefined
}

interface Wanted {
  readonly event?: unknown
  readonly runtime?: RuntimeName
  readonly memoryMiB?: number
  readonly timeoutSec?: number
}

const refuseErrors: Log = ({ level, ...entry }) => assert.notEqual(level, 'error', JSON.stringify(entry))

export function functionRig(
  t: Pick<Lifetime, 'after'>,
  { lifeMs = 3_600_000, log = refuseErrors, ...wishes }: Wishes = {},
) {
  const world = systemWorld()
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-functions-'))
  const code = openCodeStore(directory, () => world.randomBytes(4).toString('hex'), world.nowMs)
  const lines: string[] = []
  let provided = 0
  const host = createFunctionHost({
    ...{ world, log, code, ...wishes },
    sink: (_target, { message }) => lines.push(message),
    endpointUrl: () => undefined,
    allowUnconfined: true,
    provide: () => {
      provided += 1
      const other = wishes.provided?.()
      if (other) return other
      const credentials = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' }
      const expiresAtMs = world.nowMs() + lifeMs
      return Promise.resolve({ ok: true, credentials: { ...credentials, expiresAtMs }, variables: {} })
    },
  })
  t.after(async () => {
    await host.close()
    rmSync(directory, { recursive: true, force: true })
  })

  async function invoke(functionName: string, source: string, wanted: Wanted = {}) {
    const { event = {}, runtime = 'nodejs24.x', memoryMiB = 128, timeoutSec = 10 } = wanted
    const name = runtime.startsWith('python') ? 'index.py' : 'index.mjs'
    const { digest } = await code.put(zip({ name, content: source }))
    const spec: FunctionSpec = {
      key: `${digest} ${functionName}`,
      functionArn: `arn:aws:lambda:us-east-1:111122223333:function:${functionName}` as Arn, // Written out.
      account: '111122223333' as AccountId, // Twelve digits.
      functionName,
      version: '$LATEST',
      region: 'us-east-1',
      roleArn: 'arn:aws:iam::111122223333:role/runner',
      runtime,
      handler: 'index.handler',
      timeoutSec,
      memoryMiB,
      storageMiB: 512,
      code: digest,
      layers: [],
      logGroup: '/aws/lambda/work',
    }
    return host.invoke(spec, {
      requestId: 'request',
      payload: Buffer.from(JSON.stringify(event)),
      invokedArn: spec.functionArn,
      traceHeader: 'Root=1',
    })
  }

  /** What a function answers, or the error that it ended with. */
  async function run(functionName: string, source: string, wanted: Wanted = {}): Promise<unknown> {
    const outcome = await invoke(functionName, source, wanted)
    assert.ok('payload' in outcome, JSON.stringify(outcome))
    return JSON.parse(Buffer.from(outcome.payload).toString('utf8')) as unknown
  }

  return { host, directory, invoke, run, lines, provided: () => provided }
}
