import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { model } from '#wire/index.ts'
import { type Credentials, directoryFor, type Lifetime } from '../server.ts'
import { findPython, pythonClients } from '../set-up/python.ts'
import { type Answer, type ClientMaker, type ServiceUsed, typed } from './client.ts'
import { lineDriver } from './line-driver.ts'

/** The AWS CLI, each call as a person would type it. */
export const awsCli: ClientMaker = (t, url) => {
  const aws = awsCommand(t)
  const directory = directoryFor(t)
  return typed(async (service, operation, input, credentials, region) => {
    const isInvoke = service === 'lambda' && operation === 'Invoke'
    const payload = join(directory, 'payload')
    const parameters = [
      // AWS CLI 1 asks AWS's old address for SQS, whatever AWS_ENDPOINT_URL says.
      ...(service === 'sqs' ? ['--endpoint-url', url] : []),
      service,
      kebab(operation),
      ...Object.entries(asTyped(service, input)).flatMap(([name, value]) =>
        option(renamed.get(`${service} ${operation} ${name}`) ?? name, value, directory),
      ),
      ...(isInvoke ? [payload] : []),
    ]
    const { code, stdout, stderr } = await aws(parameters, environment(url, credentials, region))
    if (code === 0 && isInvoke) {
      const Payload = new Uint8Array(readFileSync(payload))
      return { ok: true, output: { ...(JSON.parse(stdout) as object), Payload } } // As every output.
    }
    if (code === 0) return { ok: true, output: withBytes(service, operation, stdout === '' ? '{}' : stdout) }
    return failure(parameters, stderr)
  })
}

/** The CLI has archives of Lambda as an option of their own. */
function asTyped(service: ServiceUsed, input: object): object {
  if (service !== 'lambda' || !('Code' in input)) return input
  const { Code, ...others } = input
  return { ...others, ...(Code as object) } // A structure in the model.
}

/** Members for which the CLI has a name of its own, since theirs is taken by an option of every command. */
const renamed: ReadonlyMap<string, string> = new Map([['sns Subscribe Endpoint', 'NotificationEndpoint']])

/** What the CLI reads its endpoint and credentials from, and nothing of the machine's own. */
export function environment(
  url: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  region: string,
) {
  return {
    PATH: process.env['PATH'],
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL: url,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    AWS_DEFAULT_OUTPUT: 'json',
    AWS_PAGER: '',
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** What a program left when it ended. */
interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Types commands of the AWS CLI with these environments, one after another, for as long as the test runs. */
export function awsCommand(
  t: Pick<Lifetime, 'after'>,
): (parameters: readonly string[], environment: Environment) => Promise<Ran> {
  const found = findPython(pythonClients)
  assert.ok(found.ready, 'the test is skipped where the AWS CLI is missing')
  const ask = lineDriver(t, found.python, join(import.meta.dirname, 'aws-cli-driver.py'))
  return async (parameters, environment) =>
    JSON.parse(await ask(JSON.stringify({ parameters, environment }))) as Ran // What aws-cli-driver.py writes.
}

/** Runs a program to its end. */
export function run(program: string, parameters: readonly string[], env: Environment): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      parameters,
      { env, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

function failure(parameters: readonly string[], stderr: string): Answer<never> {
  const form =
    /An error occurred \((?<code>[^)]+)\) when calling the \w+ operation(?: \([^)]*\))?: (?<message>.*)/s
  const { code, message } = form.exec(stderr)?.groups ?? {}
  assert.ok(code !== undefined && message !== undefined, `aws ${parameters.join(' ')} printed:\n${stderr}`)
  return { ok: false, code, message: message.trim() }
}

/** An output as the CLI prints it; what it prints in base64 as the bytes that they are. */
function withBytes(service: ServiceUsed, operation: string, printed: string): object {
  const output = JSON.parse(printed) as Record<string, unknown> // Every output of a model is a structure.
  for (const { name, shape } of model(service).operations.get(operation)?.output?.members ?? []) {
    const value = output[name]
    if (shape.type === 'blob' && typeof value === 'string')
      output[name] = new Uint8Array(Buffer.from(value, 'base64'))
  }
  return output
}

/** `--max-items 3`, `--tags '[{"Key": …}]'`, `--no-set-as-default`, `--message fileb://…`. */
function option(name: string, value: unknown, directory: string): readonly string[] {
  if (value instanceof Uint8Array) {
    const file = join(directory, kebab(name))
    writeFileSync(file, value)
    return [`--${kebab(name)}`, `fileb://${file}`]
  }
  if (typeof value === 'boolean') return [`--${value ? '' : 'no-'}${kebab(name)}`]
  return [`--${kebab(name)}`, typeof value === 'string' ? value : JSON.stringify(value)]
}

/** The CLI's spelling: `ExternalId` is `external-id`, `IPSet` is `ip-set`, `ListWebACLs` is `list-web-acls`. */
function kebab(name: string): string {
  return name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`)
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('--', '-')
    .toLowerCase()
}
