import { value } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'

/** Whom an access control list lets in that has no name. Source: S3 User Guide, "Access control list (ACL) overview". */
export type OpenTo = 'everyone' | 'authenticated'

const groups: ReadonlyMap<string, OpenTo> = new Map([
  ['http://acs.amazonaws.com/groups/global/AllUsers', 'everyone'],
  ['http://acs.amazonaws.com/groups/global/AuthenticatedUsers', 'authenticated'],
])

const canned: ReadonlyMap<string, OpenTo> = new Map([
  ['public-read', 'everyone'],
  ['public-read-write', 'everyone'],
  ['authenticated-read', 'authenticated'],
])

const grantHeaders = ['read', 'write', 'read-acp', 'write-acp', 'full-control'].map(
  (right) => `x-amz-grant-${right}`,
)

/** Whom the list of a call opens a bucket to: by its grants, by a canned name, or by headers. */
export function openedTo({ requestParameters }: CloudTrailRecord): OpenTo | undefined {
  const grants = value(requestParameters, 'AccessControlPolicy', 'AccessControlList', 'Grant')
  const found = [
    ...list(grants).map((grant) => groups.get(String(value(grant, 'Grantee', 'URI')))),
    ...list(value(requestParameters, 'x-amz-acl')).map((name) => canned.get(String(name))),
    ...list(value(requestParameters, 'accessControlList', 'x-amz-acl')).map((name) =>
      canned.get(String(name)),
    ),
    ...grantHeaders.flatMap((name) => list(value(requestParameters, name)).map(groupIn)),
  ]
  return found.includes('everyone') ? 'everyone' : found.find((one) => one !== undefined)
}

/** `uri="http://…/AllUsers", id="…"` */
function groupIn(header: unknown): OpenTo | undefined {
  const text = String(header)
  for (const [uri, to] of groups) if (text.includes(uri)) return to
  return undefined
}

function list(from: unknown): readonly unknown[] {
  if (from === undefined) return []
  return Array.isArray(from) ? from : [from]
}
