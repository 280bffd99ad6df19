// What the tests of URLs share: a server on loopback whose door leads to functions, and a client that sends what it is told.
import assert from 'node:assert/strict'
import { request as send } from 'node:http'
import type { TestContext } from 'node:test'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import { createHttpServer } from '#core/http-server.ts'
import type { Credentials } from '../../../test/in-process.ts'
import type { PolicyStatement, rig } from './rig.test.ts'
import { createFunctionUrlDoor } from './url-door.ts'

export interface Asked {
  readonly method?: string
  /** With its query. */
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Signs the request. */
  readonly by?: Credentials
  readonly signedFor?: { readonly region?: string; readonly service?: string }
}

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  /** Whether it came to its end. */
  readonly whole: boolean
  /** As they came. */
  readonly pieces: readonly string[]
}

type Rig = Awaited<ReturnType<typeof rig>>

export async function serveUrls(t: TestContext, { world, store, pipeline, enter, parts, iam }: Rig) {
  const server = createHttpServer({
    world,
    pipeline: createFunctionUrlDoor({ store, enter, lambda: parts })(pipeline),
    audit: { flush: () => undefined },
    log: (entry) => assert.notEqual(entry.level, 'error', JSON.stringify(entry)),
    ownEndpoints: new Map(),
  })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => server.stop(0))

  async function ask(url: string, asked: Asked = {}): Promise<Told> {
    const { method = 'GET', path = '/', body } = asked
    const { hostname: host } = new URL(url)
    let headers: Record<string, string> = { host, ...asked.headers }
    if (asked.by) {
      const { region = 'us-east-1', service = 'lambda' } = asked.signedFor ?? {}
      const signer = new SignatureV4({ credentials: asked.by, region, service, sha256: Sha256 })
      const { pathname, searchParams } = new URL(path, url)
      const query = Object.fromEntries(searchParams)
      const given = { method, protocol: 'http:', hostname: host, path: pathname, query, headers, body }
      headers = { ...(await signer.sign(given)).headers }
    }
    return new Promise((resolve, reject) => {
      const request = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('error', () => undefined) // It was cut: `close` tells.
        response.on('close', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(pieces).toString('utf8'),
            whole: response.complete,
            pieces: pieces.map(String),
          }),
        )
      })
      request.on('error', reject)
      request.end(body)
    })
  }

  return {
    ask,
    port,
    /** A user with an inline policy, as it signs. */
    signer: async (UserName: string, ...Statement: readonly PolicyStatement[]): Promise<Credentials> => {
      await iam.createUser({ UserName })
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
      if (Statement.length > 0) await iam.putUserPolicy({ UserName, PolicyName: 'only', PolicyDocument })
      const { AccessKey } = await iam.createAccessKey({ UserName })
      assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
      return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
    },
  }
}

/** Lets everybody use a function's URL, as the console does it. */
export async function openToAll({ lambda }: Pick<Rig, 'lambda'>, FunctionName: string, Qualifier?: string) {
  const given = { FunctionName, Principal: '*', ...(Qualifier !== undefined && { Qualifier }) }
  const FunctionUrlAuthType = 'NONE' as const
  await lambda.addPermission({
    ...given,
    StatementId: 'url',
    Action: 'lambda:InvokeFunctionUrl',
    FunctionUrlAuthType,
  })
  await lambda.addPermission({
    ...given,
    StatementId: 'invoke',
    Action: 'lambda:InvokeFunction',
    InvokedViaFunctionUrl: true,
  })
}
