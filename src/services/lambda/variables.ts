import type { Arn } from '#core/arn.ts'
import { WireFault } from '#wire/index.ts'
import type { Operations } from '#models/lambda.d.ts'
import { reservedVariables, type StoredVariables } from '#functions/index.ts'
import type { LambdaCall } from './declare.ts'
import type { Configuration } from './documents.ts'
import { faults } from './faults.ts'
import { sealedVariables } from './sealed.ts'

type Shown = Operations['GetFunctionConfiguration']['output']['Environment']

/** Source: Lambda Developer Guide, "Lambda quotas": environment variables, 4 KB in all. */
const bytesMax = 4096

/** Encrypts variables with the customer's key, by the caller's own leave, and seals what comes of it. */
export function storedVariables(
  call: LambdaCall,
  functionArn: Arn,
  roleArn: Arn,
  variables: Readonly<Record<string, string>> | undefined,
  kmsKeyArn: string | undefined,
): StoredVariables | undefined {
  if (variables === undefined || Object.keys(variables).length === 0) return undefined
  assertVariables(variables)
  const text = JSON.stringify(variables)
  if (kmsKeyArn === undefined)
    return { sealed: sealedVariables.seal(call.seal, functionArn, text), owner: functionArn }
  const EncryptionContext = { 'aws:lambda:FunctionArn': functionArn }
  const { CiphertextBlob, KeyId } = call.invoke('kms', 'Encrypt', {
    KeyId: kmsKeyArn,
    Plaintext: Buffer.from(text),
    EncryptionContext,
  }) as { readonly CiphertextBlob: Uint8Array; readonly KeyId: string } // KMS's own answer.
  // The function's role decrypts them by this grant, as with AWS. By its name it is made once, however often the variables change; where
  // the ARN is an alias', the grant is on the key.
  call.invoke('kms', 'CreateGrant', {
    KeyId,
    Name: 'lambda-variables',
    GranteePrincipal: roleArn,
    Operations: ['Decrypt'],
    Constraints: { EncryptionContextEquals: EncryptionContext },
  })
  const sealed = sealedVariables.seal(call.seal, functionArn, Buffer.from(CiphertextBlob).toString('base64'))
  return { sealed, owner: functionArn, kmsKeyArn }
}

/** Whoever may not decrypt them sees that there are some. */
export function shownVariables(call: LambdaCall, { variables }: Configuration): Shown {
  if (!variables) return undefined
  const opened = sealedVariables.open(call.seal, variables.owner, variables.sealed).toString('utf8')
  if (variables.kmsKeyArn === undefined) return { Variables: JSON.parse(opened) as Record<string, string> } // Our own text.
  try {
    const { Plaintext } = call.invoke('kms', 'Decrypt', {
      KeyId: variables.kmsKeyArn,
      CiphertextBlob: Buffer.from(opened, 'base64'),
      EncryptionContext: { 'aws:lambda:FunctionArn': variables.owner },
    }) as { readonly Plaintext: Uint8Array } // KMS's own answer.
    return { Variables: JSON.parse(Buffer.from(Plaintext).toString('utf8')) as Record<string, string> } // Our own text.
  } catch (error) {
    if (!(error instanceof WireFault)) throw error
    const Message = `Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check your KMS permissions. KMS Exception: ${error.code} KMS Message: ${error.message}`
    return { Error: { ErrorCode: 'AccessDeniedException', Message } }
  }
}

function assertVariables(variables: Readonly<Record<string, string>>): void {
  let bytes = 0
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[a-zA-Z]\w+$/.test(name)) throw faults.invalid(`The variable name '${name}' is not valid`)
    if (reservedVariables.has(name))
      throw faults.invalid(
        `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${name}`,
      )
    if (value.includes('\0')) throw faults.invalid(`The value of '${name}' holds a NUL`)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value)
  }
  if (bytes > bytesMax)
    throw faults.invalid(
      `Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: ${JSON.stringify(variables).length} bytes`,
    )
}
