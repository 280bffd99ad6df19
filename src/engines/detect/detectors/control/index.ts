import type { AnyDetector } from '../../detector.ts'
import { accessKeys } from './access-keys.ts'
import { administratorRights } from './administrator-rights.ts'
import { alarms } from './alarms.ts'
import { bedrockLogging } from './bedrock-logging.ts'
import { blockPublicAccess } from './block-public-access.ts'
import { bucketAccess } from './bucket-access.ts'
import { bucketEncryption } from './bucket-encryption.ts'
import { bucketReplication } from './bucket-replication.ts'
import { bucketVersioning } from './bucket-versioning.ts'
import { cloudTrailLogging } from './cloudtrail-logging.ts'
import { configurationRecorder } from './configuration-recorder.ts'
import { emptiedBuckets } from './emptied-buckets.ts'
import { eventDataStore } from './event-data-store.ts'
import { eventSelectors } from './event-selectors.ts'
import { federationTokens } from './federation-tokens.ts'
import { flowLogs } from './flow-logs.ts'
import { functionCode } from './function-code.ts'
import { functionPermissions } from './function-permissions.ts'
import { functionTriggers } from './function-triggers.ts'
import { functionUrls } from './function-urls.ts'
import { groupMembership } from './group-membership.ts'
import { guardrails, permissionsBoundaries } from './guardrails.ts'
import { identityProviders } from './identity-providers.ts'
import { serialConsole, instanceConnect } from './instance-connections.ts'
import { instanceLaunches } from './instance-launches.ts'
import { instancePassword, instancePasswords } from './instance-passwords.ts'
import { keyGrants } from './key-grants.ts'
import { keyDeletion, keysUnusable } from './keys.ts'
import { logGroups } from './log-groups.ts'
import { loginProfiles } from './login-profiles.ts'
import { mailEnumeration } from './mail-enumeration.ts'
import { mfaDevices } from './mfa-devices.ts'
import { modelAccess } from './model-access.ts'
import { notebooks } from './notebooks.ts'
import { objectVersionsDeleted, objectsEncrypted } from './objects-in-bulk.ts'
import { organization } from './organization.ts'
import { passwordPolicy } from './password-policy.ts'
import { policyVersions } from './policy-versions.ts'
import { ransomNotes } from './ransom-notes.ts'
import { resolverQueryLogs } from './resolver-query-logs.ts'
import { resourcePolicies } from './resource-policies.ts'
import { responseRules } from './response-rules.ts'
import { roleTrust } from './role-trust.ts'
import { secretsInBulk, parametersInBulk } from './secrets-in-bulk.ts'
import { securityGroups } from './security-groups.ts'
import { securityServices } from './security-services.ts'
import { serverAccessLogging } from './server-access-logging.ts'
import { sharedImages, sharedDatabases } from './shared-images.ts'
import { remoteCommands, remoteSessions } from './systems-manager.ts'
import { threatDetection, threatLists, findingFilters } from './threat-detection.ts'
import { trailBuckets } from './trail-buckets.ts'
import { trailInsights } from './trail-insights.ts'
import { trailSettings } from './trail-settings.ts'
import { trustAnchors } from './trust-anchors.ts'
import { userDataChange, userDataRead } from './user-data.ts'
import { webAclLogging, webAclRemoval, webAclRules } from './web-acl.ts'

export { cloudTrailLogging }

/** What was changed, by single calls and by short runs of them: logs, rights, what is shared, what is destroyed. */
export const controlDetectors: readonly AnyDetector[] = [
  accessKeys,
  administratorRights,
  alarms,
  bedrockLogging,
  blockPublicAccess,
  bucketAccess,
  bucketEncryption,
  bucketReplication,
  bucketVersioning,
  cloudTrailLogging,
  configurationRecorder,
  emptiedBuckets,
  eventDataStore,
  eventSelectors,
  federationTokens,
  flowLogs,
  functionCode,
  functionPermissions,
  functionTriggers,
  functionUrls,
  groupMembership,
  guardrails,
  permissionsBoundaries,
  identityProviders,
  serialConsole,
  instanceConnect,
  instanceLaunches,
  instancePassword,
  instancePasswords,
  keyGrants,
  keyDeletion,
  keysUnusable,
  logGroups,
  loginProfiles,
  mailEnumeration,
  mfaDevices,
  modelAccess,
  notebooks,
  objectVersionsDeleted,
  objectsEncrypted,
  organization,
  passwordPolicy,
  policyVersions,
  ransomNotes,
  resolverQueryLogs,
  ...resourcePolicies,
  responseRules,
  roleTrust,
  secretsInBulk,
  parametersInBulk,
  securityGroups,
  securityServices,
  serverAccessLogging,
  sharedImages,
  sharedDatabases,
  remoteCommands,
  remoteSessions,
  threatDetection,
  threatLists,
  findingFilters,
  trailBuckets,
  trailInsights,
  trailSettings,
  trustAnchors,
  userDataChange,
  userDataRead,
  webAclLogging,
  webAclRemoval,
  webAclRules,
]
