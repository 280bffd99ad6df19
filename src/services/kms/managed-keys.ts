import type { KmsCall } from './declare.ts'
import type { AliasDocument, KeyDocument } from './documents.ts'
import { aliasArn, type Place } from './find-key.ts'
import { newKey, newKeyId, newMaterial, symmetricSecret } from './new-key.ts'
import { dayMs } from './rotation-schedule.ts'
import { quotas } from './quotas.ts'

/**
 * The services whose keys AWS manages, by the name in `alias/aws/…`, with the name under which each calls KMS.
 * Source: KMS Developer Guide, "AWS managed keys": the services that exist here, and those whose keys templates name most.
 */
const services: ReadonlyMap<string, string> = new Map([
  ['acm', 'acm'],
  ['backup', 'backup'],
  ['dynamodb', 'dynamodb'],
  ['ebs', 'ec2'],
  ['kinesis', 'kinesis'],
  ['lambda', 'lambda'],
  ['logs', 'logs'],
  ['rds', 'rds'],
  ['s3', 's3'],
  ['secretsmanager', 'secretsmanager'],
  ['sns', 'sns'],
  ['sqs', 'sqs'],
  ['ssm', 'ssm'],
])

const prefix = 'alias/aws/'

/** Whether an alias is AWS's to give: nobody may make, change or delete one. */
export function isReservedAlias(aliasName: string): boolean {
  return aliasName.startsWith(prefix)
}

/**
 * The AWS managed key of an alias such as `alias/aws/lambda`, made when it is first named; undefined for other aliases and in other
 * accounts. A call that is refused leaves nothing.
 * Source: KMS API Reference, DescribeKey: with "a predefined AWS alias, that is, an AWS alias with no key ID", KMS makes the key.
 */
export function managedKey(call: KmsCall, place: Place, aliasName: string): KeyDocument | undefined {
  const service = isReservedAlias(aliasName) ? services.get(aliasName.slice(prefix.length)) : undefined
  if (service === undefined || place.account !== call.account) return undefined
  const keyId = newKeyId(call, false)
  const key = newKey(call, {
    keyId,
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    manager: 'AWS',
    description: `Default key that protects my ${service} data when no other key is defined`,
    policy: policyFor(call, service),
    tags: {},
    materials: [newMaterial(call, keyId, symmetricSecret(call))],
    rotation: {
      periodDays: quotas.rotationPeriodDaysDefault,
      nextAtMs: call.nowMs + quotas.rotationPeriodDaysDefault * dayMs,
    },
  })
  const alias: AliasDocument = {
    aliasName,
    arn: aliasArn(call, place, aliasName),
    targetKeyId: keyId,
    createdAtMs: call.nowMs,
    updatedAtMs: call.nowMs,
  }
  call.keys.put(keyId, key)
  call.aliases.put(aliasName, alias)
  return key
}

/**
 * The policy of an AWS managed key, which nobody can change: principals of the account use it through the service alone.
 * Source: KMS Developer Guide, "Default key policy", AWS managed keys; their policies as GetKeyPolicy shows them.
 */
function policyFor({ partition, account, region }: KmsCall, service: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use ${service}`,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:CreateGrant',
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:CallerAccount': account,
            'kms:ViaService': `${service}.${region}.amazonaws.com`,
          },
        },
      },
      {
        Sid: 'Allow direct access to key metadata to the account',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
        Resource: '*',
      },
    ],
  })
}
