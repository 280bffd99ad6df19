// A program for unprivileged.test.ts: a host of functions as a user who is not root, and functions that try. Prints what each got, as JSON.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountId, Arn } from '#core/arn.ts'
import { systemWorld } from '#core/world.ts'
import { zip } from './zip.ts'
import { createFunctionHost, type FunctionSpec, openCodeStore, type RuntimeName } from '#functions/index.ts'

const world = systemWorld()
/** What a function is given, and what it wrote. */
const given: { variables: Record<string, string>; readonly lines: string[] } = { variables: {}, lines: [] }
const directory = mkdtempSync(join(tmpdir(), 'redoubt-unprivileged-'))
const rootKey = join(directory, 'root.key')
writeFileSync(rootKey, 'key', { mode: 0o600 })
mkdirSync(join(directory, 'own'))
const code = openCodeStore(directory, () => world.randomBytes(4).toString('hex'), world.nowMs)
const host = createFunctionHost({
  world,
  log: () => undefined,
  code,
  sink: (_target, { message }) => given.lines.push(message),
  endpointUrl: () => undefined,
  provide: () => {
    const { variables } = given
    const credentials = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' }
    const expiresAtMs = world.nowMs() + 3_600_000
    return Promise.resolve({ ok: true, credentials: { ...credentials, expiresAtMs }, variables })
  },
})

const tried: readonly (readonly [string, string])[] = [
  ['work of its own', '1 + 1'],
  [
    'its own /tmp',
    "(fs.writeFileSync(process.env.TMPDIR + '/a', 'a'), fs.readFileSync(process.env.TMPDIR + '/a', 'utf8'))",
  ],
  ['the root key', `fs.readFileSync('${rootKey}', 'utf8')`],
  ['the data directory', `fs.readdirSync('${directory}').length`],
  ['to write there', `fs.writeFileSync('${directory}/own/a', '')`],
  ["the machine's files", "fs.readFileSync('/etc/passwd', 'utf8').length"],
  ['its own code, to write', "fs.writeFileSync(process.env.LAMBDA_TASK_ROOT + '/index.mjs', '')"],
  ['other programs', "(await import('node:child_process')).spawnSync('/bin/true').status"],
  ['threads', "new (await import('node:worker_threads')).Worker('1', { eval: true }).threadId"],
  ["Redoubt's environment", "process.env.REDOUBT_TEST_SECRET ?? 'none'"],
]

/** By variables that a function's owner may set. */
const triedByVariables: readonly (readonly [string, Record<string, string>, string])[] = [
  ['a variable', { GREETING: "it's" }, 'process.env.GREETING'],
  [
    'the root key, by options of Node',
    { NODE_OPTIONS: '--allow-fs-read=* --allow-child-process' },
    `fs.readFileSync('${rootKey}', 'utf8')`,
  ],
  ['libraries that are loaded first', { LD_PRELOAD: './own.so' }, 'process.env.LD_PRELOAD'],
]

async function run(
  source: string,
  runtime: RuntimeName,
  variables: Record<string, string> = {},
): Promise<string> {
  given.variables = variables
  const name = runtime.startsWith('python') ? 'index.py' : 'index.mjs'
  const { digest } = await code.put(zip({ name, content: source }))
  const spec: FunctionSpec = {
    key: `${digest} ${JSON.stringify(variables)}`,
    functionArn: 'arn:aws:lambda:us-east-1:111122223333:function:tries' as Arn, // Written out.
    account: '111122223333' as AccountId, // Twelve digits.
    functionName: 'tries',
    version: '$LATEST',
    region: 'us-east-1',
    roleArn: 'arn:aws:iam::111122223333:role/runner',
    runtime,
    handler: 'index.handler',
    timeoutSec: 10,
    memoryMiB: 128,
    storageMiB: 512,
    code: digest,
    layers: [],
    logGroup: '/aws/lambda/work',
  }
  const outcome = await host.invoke(spec, {
    requestId: 'request',
    payload: Buffer.from('{}'),
    invokedArn: spec.functionArn,
    traceHeader: 'Root=1',
  })
  if (!('payload' in outcome)) return outcome.kind
  return JSON.parse(Buffer.from(outcome.payload).toString('utf8')) as string // Every row's function gives a text.
}

const got: Record<string, unknown> = { user: process.getuid?.(), platform: await host.platform() }
const trying = (expression: string): string => {
  const body = `try { return String(${expression}) } catch (error) { return error.code ?? error.message }`
  return `import fs from 'node:fs'\nexport const handler = async () => { ${body} }`
}
for (const [name, expression] of tried) got[name] = await run(trying(expression), 'nodejs24.x')
for (const [name, variables, expression] of triedByVariables)
  got[name] = await run(trying(expression), 'nodejs24.x', variables)
// The system's loader says what it was told to load and cannot.
got['what the loader said'] = given.lines.filter((line) => line.includes('ld.so')).join('')
const python = (await host.runtimes())?.find((name) => name.startsWith('python'))
got['a python function'] = python
  ? await run('def handler(event, context): return "ran"', python)
  : 'unavailable'
await host.close()
rmSync(directory, { recursive: true, force: true })
process.stdout.write(JSON.stringify(got))
