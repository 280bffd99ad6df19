import { burstDetector, noItems } from '../burst-detector.ts'
import { isByService, isDone } from '../call-detector.ts'
import { items, text, value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { undo } from '../remedies.ts'

const windowMs = 600_000
/** A program reads its own few secrets when it starts; whoever reads fifteen different ones reads all there are. */
const secretsMany = 15
/** A program that brings secrets to others reads all of them again and again: only those that it never read are news. */
const familiar = { max: 128, windowMs: 30 * 86_400_000 } as const
/** A page of an answer of which one cannot see how much it held. Source: API References, MaxResults of a page. */
const pageLength = 8

/** Secrets are read one after another, or by the page. Source: Secrets Manager API Reference, GetSecretValue, BatchGetSecretValue. */
export const secretsInBulk = burstDetector({
  name: 'secrets-in-bulk',
  events: ['secretsmanager:GetSecretValue', 'secretsmanager:BatchGetSecretValue'],
  type: 'CredentialAccess:IAMUser/SecretsReadInBulk',
  facts: {
    severity: 7,
    title: '{userName} reads secrets in bulk.',
    description: '{userName} read {count} and more different secrets within ten minutes.',
    remediation: undo(
      'Rotate the secrets that were read; this is the last of them.',
      'aws secretsmanager rotate-secret --secret-id {secret} --region {region}',
    ),
  },
  ...{ many: secretsMany, windowMs, familiar },
  itemsOf(record) {
    if (!isDone(record) || isByService(record)) return noItems
    const secret = text(record.requestParameters, 'secretId')
    if (secret !== undefined) return [secret]
    const ids = items(record.requestParameters, 'secretIdList').map(String)
    return ids.length > 0 ? ids : page(record)
  },
  saidOf({ requestParameters }) {
    const secret = text(requestParameters, 'secretId')
    return { values: secret === undefined ? {} : { secret } }
  },
})

/** Encrypted parameters are read one after another, or by the page. Source: Systems Manager API Reference, GetParameters, WithDecryption. */
export const parametersInBulk = burstDetector({
  name: 'parameters-in-bulk',
  events: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
  type: 'CredentialAccess:IAMUser/ParametersReadInBulk',
  facts: {
    severity: 6,
    title: '{userName} reads encrypted parameters in bulk.',
    description: '{userName} had {count} and more different parameters decrypted within ten minutes.',
    remediation: undo('Change the passwords and keys that stood in the parameters.'),
  },
  ...{ many: secretsMany, windowMs, familiar },
  itemsOf(record) {
    const { requestParameters } = record
    if (!isDone(record) || isByService(record)) return noItems
    if (value(requestParameters, 'withDecryption') !== true) return noItems
    const name = text(requestParameters, 'name')
    if (name !== undefined) return [name]
    const names = items(requestParameters, 'names').map(String)
    return names.length > 0 ? names : page(record)
  },
})

/** The first page of an answer and the further ones, by what was asked for. */
function page({ requestParameters }: CloudTrailRecord): readonly string[] {
  const asked = text(requestParameters, 'path') ?? JSON.stringify(value(requestParameters, 'filters') ?? '')
  const which = text(requestParameters, 'nextToken') === undefined ? 'first' : 'further'
  return Array.from({ length: pageLength }, (_, at) => `${asked} ${which} ${at}`)
}
