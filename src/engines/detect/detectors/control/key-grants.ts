import { accountOfArn } from '../../reading/conditions.ts'
import { text } from '../../reading/values.ts'
import { callDetector, isByService } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'Exfiltration:KMS/GrantToForeignAccount'

/** A grant lets a stranger use a key, where no policy shows it. Source: KMS Developer Guide, "Grants in AWS KMS". */
export const keyGrants = callDetector({
  name: 'key-grants',
  events: ['kms:CreateGrant'],
  finds: {
    [type]: {
      severity: 7,
      title: 'A foreign account was granted the use of the key {key}.',
      description: '{userName} granted {grantee} the use of the key {key}.',
      remediation: undo(
        'Revoke the grant.',
        'aws kms revoke-grant --key-id {key} --grant-id {grant} --region {region}',
      ),
    },
  },
  see(record, isOwn) {
    if (isByService(record)) return undefined
    const { requestParameters, responseElements } = record
    const grantee = text(requestParameters, 'granteePrincipal') ?? ''
    const account = accountOfArn(grantee)
    if (grantee !== '*' && (account === undefined || isOwn(account))) return undefined
    const key = text(requestParameters, 'keyId') ?? ''
    const grant = text(responseElements, 'grantId')
    return { type, about: key, values: { key, grantee, ...(grant !== undefined && { grant }) } }
  },
})
