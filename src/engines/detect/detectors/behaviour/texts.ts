import type { FindingFacts, RemediationStep } from '../../signal.ts'
import { stopCredentials } from '../remedies.ts'
import { type ObjectKind, objectTypes } from './object-calls.ts'
import type { Tactic } from './tactics.ts'

/** Source: GuardDuty User Guide, "GuardDuty IAM finding types": default severities. */
const ofTactics: Readonly<
  Record<Tactic, { readonly severity: number; readonly aim: string; readonly first: RemediationStep }>
> = {
  CredentialAccess: {
    ...{ severity: 5, aim: 'collect passwords and keys' },
    first: { text: 'Replace the secrets that were read: rotate each one that {api} gave.' },
  },
  DefenseEvasion: {
    ...{ severity: 5, aim: 'stay unseen' },
    first: { text: 'Switch on again what {api} switched off: trails, flow logs, alarms, recorders.' },
  },
  Discovery: {
    ...{ severity: 2, aim: 'find out what there is' },
    first: { text: 'Nothing was changed. See what else the caller did, and whether it may read this much.' },
  },
  Exfiltration: {
    ...{ severity: 8, aim: 'take data away' },
    first: {
      text: 'Take back what {api} gave away: shared snapshots and images, replication rules, copies.',
    },
  },
  Impact: {
    ...{ severity: 8, aim: 'disturb, or use your resources' },
    first: {
      text: 'Restore what {api} changed or deleted, from a backup where needed; end what it started.',
    },
  },
  InitialAccess: {
    ...{ severity: 5, aim: 'get in' },
    first: { text: 'End the sessions that {api} opened.' },
  },
  Persistence: {
    ...{ severity: 5, aim: 'come back later' },
    first: { text: 'Remove what {api} made: users, keys, roles, permissions, code.' },
  },
  PrivilegeEscalation: {
    ...{ severity: 5, aim: 'get more permissions' },
    first: { text: 'Take back the permissions that {api} gave.' },
  },
}

/** Source: GuardDuty User Guide, "GuardDuty S3 Protection finding types": default severities. */
const ofKinds: Readonly<Record<ObjectKind, { readonly severity: number; readonly did: string }>> = {
  Discovery: { severity: 2, did: 'looked through' },
  Exfiltration: { severity: 8, did: 'read objects of' },
  Delete: { severity: 8, did: 'deleted objects of' },
  Permission: { severity: 8, did: 'changed permissions of objects of' },
  Write: { severity: 5, did: 'wrote objects of' },
}

const lockBucket: RemediationStep = {
  text: 'Keep older versions of the objects, so that they can be restored.',
  command: 'aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration Status=Enabled',
}

const apiFacts = Object.entries(ofTactics).map(
  ([tactic, { severity, aim, first }]): [string, FindingFacts] => [
    `${tactic}:IAMUser/AnomalousBehavior`,
    {
      severity,
      title: '{userName} called {api} in an unusual way.',
      description: `{userName} called {api}, which serves to ${aim}: a call that neither {userName} nor most others in the account make, in circumstances that are unusual too.`,
      remediation: [first, ...stopCredentials],
    },
  ],
)

const objectFacts = Object.entries(ofKinds).map(([kind, { severity, did }]): [string, FindingFacts] => [
  objectTypes[kind as ObjectKind], // The table's own keys.
  {
    severity,
    title: `{userName} ${did} the bucket {bucket} in an unusual way.`,
    description: `{userName} ${did} the bucket {bucket} by {api}: not what it usually does, or not from there, or not so much of it.`,
    remediation: [lockBucket, ...stopCredentials],
  },
])

/** What findings of behaviour say. */
export const behaviourFacts: Readonly<Record<string, FindingFacts>> = Object.fromEntries([
  ...apiFacts,
  ...objectFacts,
])
