// Goal: Lambda's tests go the whole way of a call, and functions really run. Method: AWS's own clients, whose requests go to a pipeline in
// the same process, over a store in memory; a host of functions with real processes, which call back over a socket of this process.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { IAM } from '@aws-sdk/client-iam'
import { KMS } from '@aws-sdk/client-kms'
import { type CreateFunctionCommandInput, Lambda } from '@aws-sdk/client-lambda'
import type { AccountId } from '#core/arn.ts'
import type { CallAsService, ServiceCall } from '#core/service-calls.ts'
import { systemWorld, type World } from '#core/world.ts'
import { found, newUser } from '../../../test/founded.ts'
import { inProcess, layGround } from '../../../test/in-process.ts'
import { kmsOn } from '../../../test/kms-in-process.ts'
import { zip } from '../../../test/functions/zip.ts'
import { createFunctionHost, type LogLine, openCodeStore } from '#functions/index.ts'
import { assumableRoles } from '../iam/assumable-roles.ts'
import { identities } from '../iam/identities.ts'
import { iamService } from '../iam/service.ts'
import { createKeyRing } from '../kms/key-ring.ts'
import { createStsService } from '../sts/service.ts'
import { createProvide } from './provide.ts'
import { createLambdaService } from './service.ts'
import { listenOnLoopback } from '../../../test/loopback.ts'

export { refusal } from '../../../test/in-process.ts'

export const here = '111122223333' as AccountId // Twelve digits each.
export const there = '444455556666' as AccountId

export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: string | readonly string[]
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Answers for services that are not part of the rig. */
export type Stub = (call: ServiceCall) => ReturnType<CallAsService> | undefined

export async function rig(t: TestContext, { stub = () => undefined }: { readonly stub?: Stub } = {}) {
  const real = systemWorld()
  const ground = layGround(real.nowMs())
  const { clock, store, seal, sessions } = ground
  const world: World = { ...real, nowMs: () => clock.nowMs }
  const directory = mkdtempSync(join(tmpdir(), 'redoubt-lambda-'))
  const code = openCodeStore(directory, () => real.randomBytes(4).toString('hex'), world.nowMs)
  const calls: ServiceCall[] = []
  const cloud: { callAsService?: CallAsService } = {}
  const callAsService: CallAsService = (call) => {
    calls.push(call)
    assert.ok(cloud.callAsService)
    return stub(call) ?? cloud.callAsService(call)
  }
  const logged: LogLine[] = []
  const endpoint = { url: '' }
  const host = createFunctionHost({
    world: real,
    log: (entry) => assert.notEqual(entry.level, 'error', JSON.stringify(entry)),
    code,
    provide: createProvide({ seal, callAsService }),
    sink: (_target, line) => logged.push(line),
    endpointUrl: () => endpoint.url,
  })
  const ring = createKeyRing({ store, seal })
  const parts = { host, code, roles: assumableRoles, callAsService }
  const {
    configuration,
    audited,
    callAsService: call,
    pipeline,
    enter,
  } = inProcess(ground, {
    services: [
      iamService,
      createStsService({ sessions, roles: assumableRoles, identities }),
      kmsOn(ground, { ring }),
      createLambdaService(parts),
    ],
    identities,
  })
  cloud.callAsService = call
  const [admin, foreign] = await found(ground, [here, there])
  const options = configuration(admin)
  const iam = new IAM(options)
  const lambda = new Lambda(options)

  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const headers = request.headers as Record<string, string> // No header stands twice in what an SDK sends.
      const asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers,
        body: Buffer.concat(pieces),
      }
      void options.requestHandler.handle(asked).then(({ response: { statusCode, headers: told, body } }) => {
        return response.writeHead(statusCode, told).end(body)
      })
    })
  })
  endpoint.url = `http://127.0.0.1:${await listenOnLoopback(server, t)}`

  t.after(async () => {
    ring.stop()
    await host.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const makeRole = async (RoleName: string, ...Statement: readonly PolicyStatement[]) => {
    const { Role } = await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      }),
    })
    if (Statement.length > 0) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      await iam.putRolePolicy({ RoleName, PolicyName: 'only', PolicyDocument })
    }
    return Role?.Arn ?? ''
  }
  const role = await makeRole('runner')

  return {
    lambda,
    iam,
    kms: new KMS(options),
    admin,
    /** What the other account's administrator signs with. */
    foreign,
    configuration,
    clock,
    store,
    seal,
    host,
    code,
    world: real,
    role,
    makeRole,
    logged,
    calls,
    audited,
    callAsService,
    pipeline,
    enter,
    parts,
    /** A function of one file. */
    make: (FunctionName: string, source: string, wish: Partial<CreateFunctionCommandInput> = {}) =>
      lambda.createFunction({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: role,
        Code: {
          ZipFile: zip({
            name: wish.Runtime?.startsWith('python') ? 'index.py' : 'index.mjs',
            content: source,
          }),
        },
        ...wish,
      }),
    invoke: async (FunctionName: string, event: unknown = {}, more: { readonly Qualifier?: string } = {}) => {
      const answer = await lambda.invoke({
        FunctionName,
        Payload: Buffer.from(JSON.stringify(event)),
        LogType: 'Tail',
        ...more,
      })
      return {
        ...answer,
        payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8') || 'null') as unknown,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
      }
    },
    /** A user with an inline policy, as a client of Lambda. */
    user: async (UserName: string, ...Statement: readonly PolicyStatement[]) => {
      const credentials = await newUser(iam, UserName, Statement)
      return new Lambda(configuration(credentials))
    },
  }
}
