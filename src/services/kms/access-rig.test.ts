// What tests of access share: policies to write, callers of every kind, and how an answer is told in one word. No test of its own.
import assert from 'node:assert/strict'
import { IAM } from '@aws-sdk/client-iam'
import type { KMS } from '@aws-sdk/client-kms'
import type { AccountId } from '#core/arn.ts'
import type { Credentials } from '../../../test/in-process.ts'
import { here, type Rig, startMs, type Statement, there } from './rig.test.ts'

/** A policy's text. */
export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** A statement that allows actions of KMS on everything; in a key policy with a principal. */
export function allow(Action: string | readonly string[], more: Partial<Statement> = {}): Statement {
  return { Effect: 'Allow', Action, Resource: '*', ...more }
}

export function deny(Action: string | readonly string[], more: Partial<Statement> = {}): Statement {
  return { Effect: 'Deny', Action, Resource: '*', ...more }
}

export function userArn(name: string, account: AccountId = here): string {
  return `arn:aws:iam::${account}:user/${name}`
}

export function roleArn(name: string, account: AccountId = here): string {
  return `arn:aws:iam::${account}:role/${name}`
}

export function rootArn(account: AccountId = here): string {
  return `arn:aws:iam::${account}:root`
}

/** A principal element. */
export function aws(...names: readonly string[]): Pick<Statement, 'Principal'> {
  return { Principal: { AWS: names } }
}

/** The statement of the default key policy. */
export const enablesIam = allow('kms:*', aws(rootArn()))

/** A client that signs as an account's root user. */
export function root(rig: Rig, account: AccountId = here): KMS {
  return rig.as(
    rig.sessions.mint(account, { kind: 'session', account, name: '', uniqueId: account, ...lasting }),
  )
}

const lasting = { issuedAtMs: startMs, expiresAtMs: startMs + 400 * 86_400_000 }

/** What limits a role, beside its inline policy. */
interface Limits {
  readonly account?: AccountId
  readonly boundary?: readonly Statement[]
  readonly session?: readonly Statement[]
}

/** A new role with an inline policy, and a client that signs as a session of it. */
export async function role(
  rig: Rig,
  name: string,
  statements: readonly Statement[],
  { account = here, boundary, session }: Limits = {},
): Promise<KMS> {
  const administrator = rig.administrators.get(account)
  assert.ok(administrator)
  const iam = new IAM(rig.configuration(administrator))
  const trust = { Effect: 'Allow', Principal: { AWS: rootArn(account) }, Action: 'sts:AssumeRole' }
  let PermissionsBoundary: string | undefined
  if (boundary) {
    const { Policy } = await iam.createPolicy({
      PolicyName: `${name}-boundary`,
      PolicyDocument: policy(...boundary),
    })
    PermissionsBoundary = Policy?.Arn
  }
  const { Role } = await iam.createRole({
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    PermissionsBoundary,
  })
  if (statements.length > 0)
    await iam.putRolePolicy({
      RoleName: name,
      PolicyName: 'only',
      PolicyDocument: policy(...statements),
    })
  const minted = rig.sessions.mint(account, {
    kind: 'assumed-role',
    account,
    name,
    uniqueId: Role?.RoleId ?? '',
    sessionName: 'test',
    ...lasting,
    ...(session && { policies: [policy(...session)] }),
  })
  return rig.as(minted)
}

/** A new user with these statements, as a client. */
export async function user(
  rig: Rig,
  name: string,
  statements: readonly Statement[] = [],
  account: AccountId = here,
): Promise<KMS> {
  return rig.as(await rig.user(name, statements, account))
}

/** The administrator of `there`. */
export function foreigner(rig: Rig): Credentials {
  const found = rig.administrators.get(there)
  assert.ok(found)
  return found
}

/** How a call ended: `ok`, or the name of its fault; a denial with what decided it. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'ok'
  } catch (error) {
    const { name, message } = error as Error // The client throws nothing else.
    const [, explicit, implicit] =
      / (?:with an (explicit deny in an? .+)|because (no .+ allows) the \S+ action)$/.exec(message) ?? []
    const why = explicit ?? implicit
    return name.startsWith('AccessDenied') && why !== undefined ? why : name
  }
}
