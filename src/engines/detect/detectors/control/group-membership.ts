import { text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'
import { isAboutAnother } from './users.ts'

const type = 'PrivilegeEscalation:IAMUser/UserAddedToGroupBySelf'

/** Somebody joins a group by their own hand: whatever it gives, they gave it to themselves. Source: IAM API Reference, AddUserToGroup. */
export const groupMembership = callDetector({
  name: 'group-membership',
  events: ['iam:AddUserToGroup'],
  finds: {
    [type]: {
      severity: 6,
      title: '{userName} joined the group {group}.',
      description: '{userName} added the own user to the group {group}, and has its rights now.',
      remediation: undo(
        'Take the user out of the group.',
        'aws iam remove-user-from-group --user-name {iamUser} --group-name {group}',
      ),
    },
  },
  see(record) {
    if (record.userIdentity?.type !== 'IAMUser' || isAboutAnother(record)) return undefined
    const group = text(record.requestParameters, 'groupName') ?? ''
    return { type, about: group, values: { group } }
  },
})
