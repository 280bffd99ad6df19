import type { RemediationStep } from '../signal.ts'

/** What to do when credentials are in wrong hands. A step whose command does not fit the caller has none. */
export const stopCredentials: readonly RemediationStep[] = [
  {
    text: 'If the caller is an IAM user and you did not expect this, deactivate the access key.',
    command:
      'aws iam update-access-key --user-name {iamUser} --access-key-id {accessKeyId} --status Inactive',
  },
  {
    text: 'If the caller is a role, revoke its sessions: deny all that was issued before now.',
    command:
      'aws iam put-role-policy --role-name {roleName} --policy-name AWSRevokeOlderSessions --policy-document "{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Deny\\",\\"Action\\":\\"*\\",\\"Resource\\":\\"*\\",\\"Condition\\":{\\"DateLessThan\\":{\\"aws:TokenIssueTime\\":\\"$(date -u +%FT%TZ)\\"}}}]}"',
  },
  {
    text: 'See what else the caller did.',
    command:
      'aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={accessKeyId}',
  },
]

/** First what undoes it, then what stops whoever did it. */
export function undo(text: string, command?: string): readonly RemediationStep[] {
  return [{ text, command }, ...stopCredentials]
}
