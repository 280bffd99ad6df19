// What tests of roles and policies share: documents to write, and a role to write about. No test of its own.
import type { IAM } from '@aws-sdk/client-iam'

/** A trust policy for these principals. */
export function trusting(principal: unknown): string {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

export const ec2Trust = trusting({ Service: 'ec2.amazonaws.com' })

/** Makes a role that EC2 may assume. */
export async function createRole(iam: IAM, RoleName: string, Path = '/'): Promise<void> {
  await iam.createRole({ RoleName, Path, AssumeRolePolicyDocument: ec2Trust })
}

/** A policy that allows one action on everything. */
export function allowing(action: string): string {
  const statement = { Effect: 'Allow', Action: action, Resource: '*' }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

/** A policy that counts exactly `size` characters. */
export function ofSize(size: number): string {
  const [before, after] = [
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:',
    '","Resource":"*"}]}',
  ]
  return `${before}${'a'.repeat(size - before.length - after.length)}${after}`
}
