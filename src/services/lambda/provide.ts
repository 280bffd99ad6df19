import type { Seal } from '#core/seal/index.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { FunctionSpec, Provided } from '#functions/index.ts'
import { principal } from './declare.ts'
import { sealedVariables } from './sealed.ts'

interface Session {
  readonly Credentials: {
    readonly AccessKeyId: string
    readonly SecretAccessKey: string
    readonly SessionToken: string
    readonly Expiration: Date
  }
}

type Opened =
  | { readonly ok: true; readonly variables: Readonly<Record<string, string>> }
  | Extract<Provided, { ok: false }>

/**
 * Gives an environment what only it may know: a session of its execution role, and its variables, which a customer's key decrypts on
 * the role's behalf.
 */
export function createProvide({
  seal,
  callAsService,
}: {
  readonly seal: Seal
  readonly callAsService: CallAsService
}): (spec: FunctionSpec) => Promise<Provided> {
  async function variablesOf(spec: FunctionSpec): Promise<Opened> {
    const { variables, account, region, functionArn, functionName, roleArn } = spec
    if (!variables) return { ok: true, variables: {} }
    const opened = sealedVariables.open(seal, variables.owner, variables.sealed).toString('utf8')
    if (variables.kmsKeyArn === undefined) return { ok: true, variables: read(opened) }
    const answer = await callAsService({
      service: 'kms',
      operation: 'Decrypt',
      input: {
        CiphertextBlob: Buffer.from(opened, 'base64'),
        EncryptionContext: { 'aws:lambda:FunctionArn': functionArn },
        KeyId: variables.kmsKeyArn,
      },
      account,
      region,
      as: { kind: 'role', roleArn, sessionName: functionName, principal, sourceArn: functionArn },
    })
    if (!answer.ok) return { ok: false, reason: 'no-key', message: answer.fault.message }
    const { Plaintext } = answer.output as { readonly Plaintext: Uint8Array } // KMS's own answer.
    return { ok: true, variables: read(Buffer.from(Plaintext).toString('utf8')) }
  }

  return async (spec) => {
    const { account, region, functionArn, functionName, roleArn } = spec
    const [session, variables] = await Promise.all([
      callAsService({
        service: 'sts',
        operation: 'AssumeRole',
        input: { RoleArn: roleArn, RoleSessionName: functionName },
        account,
        region,
        as: { kind: 'service', principal, sourceArn: functionArn },
      }),
      variablesOf(spec),
    ])
    if (!session.ok) return { ok: false, reason: 'no-role', message: session.fault.message }
    if (!variables.ok) return variables
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = (session.output as Session).Credentials // STS's own answer.
    return {
      ok: true,
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiresAtMs: Expiration.getTime(),
      },
      variables: variables.variables,
    }
  }
}

function read(text: string): Readonly<Record<string, string>> {
  return JSON.parse(text) as Record<string, string> // Our own text.
}
