import { eventNameOf, serviceOf } from '../../events.ts'
import { accountOf, principalOf } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import { burstDetector, noItems } from '../burst-detector.ts'
import { isByService, isFromConsole } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const windowMs = 600_000

/** Source: API References, common errors; EC2 API Reference, error codes. */
const refusals: ReadonlySet<string> = new Set([
  ...['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation'],
  ...['AuthorizationError', 'AuthorizationErrorException', 'NotAuthorized'],
])

/** A program that lacks a right lacks it for one action or three; who tries fifteen does not know what the key may do. */
const actionsMany = 15

/** Keys that were found are tried at everything. Source: MITRE ATT&CK, T1580, T1087.004. */
export const permissionEnumeration = burstDetector({
  name: 'permission-enumeration',
  events: undefined,
  type: 'Discovery:IAMUser/PermissionEnumeration',
  facts: {
    severity: 5,
    title: '{userName} tries out what the credentials may do.',
    description: '{count} and more different actions were refused to {userName} within ten minutes.',
    remediation: undo(
      'See whose key it is, and what it may do.',
      'aws iam get-access-key-last-used --access-key-id {accessKeyId}',
    ),
  },
  ...{ many: actionsMany, windowMs },
  itemsOf(record) {
    if (record.errorCode === undefined) return noItems // Most calls end here.
    // The console asks for much that a reader may not see.
    if (!refusals.has(record.errorCode) || isFromConsole(record) || isByService(record)) return noItems
    return [`${serviceOf(record)}:${eventNameOf(record)}`]
  },
})

/** Somebody who may take roles knows which. */
const rolesMany = 6

/** Roles are tried one after another. Source: STS API Reference, AssumeRole; MITRE ATT&CK, T1548. */
export const roleEnumeration = burstDetector({
  name: 'role-enumeration',
  events: ['sts:AssumeRole'],
  type: 'PrivilegeEscalation:IAMUser/RoleEnumeration',
  facts: {
    severity: 6,
    title: '{userName} tries to take one role after another.',
    description: '{count} and more different roles were refused to {userName} within ten minutes.',
    remediation: undo(
      'See whose key it is, and which roles trust everyone in the account.',
      'aws iam get-access-key-last-used --access-key-id {accessKeyId}',
    ),
  },
  ...{ many: rolesMany, windowMs },
  itemsOf(record) {
    const role = text(record.requestParameters, 'roleArn')
    const refused = record.errorCode !== undefined && refusals.has(record.errorCode)
    return refused && role !== undefined && !isByService(record) ? [role] : noItems
  },
})

/** A typing error is made once or twice. */
const namesMany = 6

/**
 * Names of foreign principals are tried: IAM refuses a policy that names one that does not exist.
 * Source: IAM User Guide, "Troubleshoot IAM policies", invalid principal.
 */
export const principalEnumeration = burstDetector({
  name: 'principal-enumeration',
  events: ['iam:UpdateAssumeRolePolicy', 's3:PutBucketPolicy', 'kms:PutKeyPolicy'],
  type: 'Discovery:IAMUser/PrincipalEnumeration',
  facts: {
    severity: 5,
    title: '{userName} tries out which principals exist.',
    description:
      '{count} and more policies of {userName} were refused within ten minutes, since they name nobody.',
    remediation: undo('See which principals the refused policies name: somebody looks for those that exist.'),
  },
  ...{ many: namesMany, windowMs },
  entityOf: (record) => `${accountOf(record)} ${principalOf(record)}`,
  itemsOf(record) {
    const { errorCode = '', eventID, eventTime } = record
    return errorCode.startsWith('MalformedPolicy') ? [eventID ?? eventTime] : noItems
  },
})
