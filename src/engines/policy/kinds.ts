import type { PolicyKind } from './ast.ts'

/** What the grammar of one kind of policy leaves out, and how the service that keeps it says so. */
export interface KindRules {
  readonly principal: 'required' | 'prohibited' | 'everyone'
  readonly resource: 'required' | 'prohibited' | 'optional'
  /** What its statements may speak about: `sts` in trust policies, never all of AWS in RCPs. */
  readonly actions: 'any' | 'sts' | 'of named services'
  readonly allow: 'any' | 'full access only'
  /** IAM takes letters and digits alone; services that keep their own policies take any text. */
  readonly sid: 'alphanumeric' | 'any'
  readonly texts: Texts
}

/** What is told of a policy that is refused, in the words of the service that keeps it. */
export interface Texts {
  readonly json: string
  readonly empty: string
  readonly version: string
  readonly unknownElement: (element: string) => string
  readonly prohibitedPrincipal: string
  readonly missingPrincipal: string
  readonly emptyPrincipal: string
  readonly missingEffect: string
  readonly missingActions: string
  readonly missingResources: string
  readonly prohibitedResource: string
  readonly prohibitedNotResource: string
}

const syntax = 'Syntax errors in policy.'
const prohibited = (element: string): string => `Has prohibited field ${element}`

/** IAM's words for policies of identities. Source: answers of CreatePolicy and PutUserPolicy. */
const identityTexts: Texts = {
  json: syntax,
  empty: syntax,
  version: syntax,
  unknownElement: () => syntax,
  prohibitedPrincipal: 'Policy document should not specify a principal.',
  missingPrincipal: 'Missing required field Principal',
  emptyPrincipal: syntax,
  missingEffect: syntax,
  missingActions: 'Policy statement must contain actions.',
  missingResources: 'Policy statement must contain resources.',
  prohibitedResource: prohibited('Resource'),
  prohibitedNotResource: prohibited('NotResource'),
}

/** IAM's words for policies with a principal. Source: answers of CreateRole and UpdateAssumeRolePolicy. */
const trustTexts: Texts = {
  json: 'This policy contains invalid Json',
  empty: 'Could not parse the policy: Statement is empty!',
  version: 'The policy must contain a valid version string',
  unknownElement: prohibited,
  prohibitedPrincipal: prohibited('Principal'),
  missingPrincipal: 'Missing required field Principal',
  emptyPrincipal: 'Missing required field Principal cannot be empty!',
  missingEffect: 'Missing required field Effect',
  missingActions: 'Missing required field Action',
  missingResources: 'Missing required field Resource',
  prohibitedResource: prohibited('Resource'),
  prohibitedNotResource: 'AssumeRole policy must not contain resources.',
}

/** Organizations says the same of every mistake. Source: Organizations API Reference, MalformedPolicyDocumentException. */
const organizations =
  'The provided policy document does not meet the requirements of the specified policy type.'
const organizationsTexts: Texts = {
  json: organizations,
  empty: organizations,
  version: organizations,
  unknownElement: () => organizations,
  prohibitedPrincipal: organizations,
  missingPrincipal: organizations,
  emptyPrincipal: organizations,
  missingEffect: organizations,
  missingActions: organizations,
  missingResources: organizations,
  prohibitedResource: organizations,
  prohibitedNotResource: organizations,
}

const ofIdentity: KindRules = {
  principal: 'prohibited',
  resource: 'required',
  actions: 'any',
  allow: 'any',
  sid: 'alphanumeric',
  texts: identityTexts,
}

/**
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language" and the page of each element; Organizations User
 * Guide, "SCP syntax" (the whole language but principals) and "RCP syntax" (Deny alone, Principal "*", no NotAction,
 * no Action "*"; AWS's own RCPFullAWSAccess is the one Allow).
 */
export const kinds = {
  identity: ofIdentity,
  boundary: ofIdentity,
  session: ofIdentity,
  resource: {
    principal: 'required',
    resource: 'optional',
    actions: 'any',
    allow: 'any',
    sid: 'any',
    texts: trustTexts,
  },
  trust: {
    principal: 'required',
    resource: 'prohibited',
    actions: 'sts',
    allow: 'any',
    sid: 'alphanumeric',
    texts: trustTexts,
  },
  scp: { ...ofIdentity, texts: organizationsTexts },
  rcp: {
    principal: 'everyone',
    resource: 'required',
    actions: 'of named services',
    allow: 'full access only',
    sid: 'alphanumeric',
    texts: organizationsTexts,
  },
} as const satisfies Record<PolicyKind, KindRules>

/** Organizations words every mistake the same way, whatever the pass that found it. */
export function wording(kind: PolicyKind, message: string): string {
  return kind === 'scp' || kind === 'rcp' ? organizations : message
}
