import type { World } from '#core/world.ts'
import type { CallAsService } from '#core/service-calls.ts'
import type { DecryptResponse, GenerateDataKeyWithoutPlaintextResponse } from '#models/kms.d.ts'
import type { LogKey } from '#telemetry/index.ts'
import type { DataKey, GroupDocument } from './documents.ts'
import { faults } from './faults.ts'

/** Of which group a key is used: what the encryption context of its data keys is. */
type Keyed = Pick<GroupDocument, 'arn' | 'account' | 'region'>

/** The service as key policies name it. Source: CloudWatch Logs User Guide, "Encrypt log data using AWS KMS", step 2. */
function principalOf(region: string): string {
  return `logs.${region}.amazonaws.com`
}

function ask(
  callAsService: CallAsService,
  operation: string,
  { arn, account, region }: Keyed,
  input: object,
) {
  return callAsService({
    service: 'kms',
    operation,
    // Source: ibid., "the encryption context is aws:logs:arn".
    input: { ...input, EncryptionContext: { 'aws:logs:arn': arn } },
    account,
    region,
    as: { kind: 'service', principal: principalOf(region), sourceArn: arn },
  })
}

/** Makes a group a data key under a KMS key, whose policy must let the service in. Faults: AccessDeniedException. */
export async function makeDataKey(
  { callAsService, randomBytes }: { readonly callAsService: CallAsService } & Pick<World, 'randomBytes'>,
  group: Keyed,
  kmsKeyId: string,
): Promise<DataKey> {
  const made = await ask(callAsService, 'GenerateDataKeyWithoutPlaintext', group, {
    KeyId: kmsKeyId,
    KeySpec: 'AES_256',
  })
  if (!made.ok) throw faults.keyUnusable(group.arn)
  const { CiphertextBlob = new Uint8Array() } = made.output as GenerateDataKeyWithoutPlaintextResponse // KMS's own answer.
  return {
    id: randomBytes(8).toString('hex'),
    kmsKeyId,
    blob: Buffer.from(CiphertextBlob).toString('base64'),
  }
}

/**
 * Opens data keys of a group by KMS, each time anew: a key that is disabled is used for nothing any more. Those that KMS does not open are
 * left out.
 */
export async function openDataKeys(
  callAsService: CallAsService,
  group: GroupDocument,
  wanted: readonly DataKey[] = group.dataKeys,
): Promise<ReadonlyMap<string, Buffer>> {
  const opened = new Map<string, Buffer>()
  for (const { id, blob } of wanted) {
    const answer = await ask(callAsService, 'Decrypt', group, { CiphertextBlob: Buffer.from(blob, 'base64') })
    if (!answer.ok) continue
    const { Plaintext } = answer.output as DecryptResponse // KMS's own answer.
    if (Plaintext) opened.set(id, Buffer.from(Plaintext))
  }
  return opened
}

/** The key under which a group's events are written now; undefined where it is not encrypted. Faults: AccessDeniedException. */
export async function writingKey(
  callAsService: CallAsService,
  group: GroupDocument,
): Promise<LogKey | undefined> {
  if (group.kmsKeyId === undefined) return undefined
  const last = group.dataKeys.at(-1)
  const key = last && (await openDataKeys(callAsService, group, [last])).get(last.id)
  if (!last || !key) throw faults.keyUnusable(group.arn)
  return { id: last.id, key }
}
