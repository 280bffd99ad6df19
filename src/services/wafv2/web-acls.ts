import type { ApplicationConfig, CreateWebACLRequest, UpdateWebACLRequest } from '#models/wafv2.d.ts'
import { guarded } from './associations.ts'
import { compileACL } from './compile.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import type { Entity, WebACLDocument } from './documents.ts'
import {
  creationAccess,
  find,
  findEither,
  newEntity,
  put,
  remove,
  summaryOf,
  updated,
  webACL,
} from './entities.ts'
import { listing } from './entity-operations.ts'
import { faults } from './faults.ts'
import { deleteLogging } from './logging.ts'
import { quotas } from './quotas.ts'
import { referenceAccess, storedReferences } from './references.ts'
import { storable } from './stored-rules.ts'
import { requestTags } from './tag-list.ts'
import { webACLView } from './web-acl-view.ts'

const create = 'wafv2:CreateWebACL'
const update = 'wafv2:UpdateWebACL'

/** Creates a web ACL, if its rules compile. */
export const CreateWebACL = wafv2('CreateWebACL', {
  access: (_, input, call) => [
    ...creationAccess(call, create, webACL, input),
    ...referenceAccess(call, { action: create, requestTags: requestTags(input.Tags) }, input.Rules),
  ],
  run({ input, call }) {
    const acl = save(call, { ...newEntity(call, webACL, input), ...contents(call, input) })
    return { Summary: summaryOf(acl) }
  },
})

/** Shows a web ACL with its rules, its capacity and its lock token. */
export const GetWebACL = wafv2('GetWebACL', {
  target: (input, call) => findEither(call, webACL, input),
  access: (acl) => [{ action: 'wafv2:GetWebACL', resource: acl }],
  run: ({ target }) => ({ WebACL: webACLView(target), LockToken: target.lockToken }),
})

/** Replaces all of a web ACL but its name. Faults: WAFOptimisticLockException; those of CreateWebACL. */
export const UpdateWebACL = wafv2('UpdateWebACL', {
  target: (input, call) => find(call, webACL, input),
  access: (acl, input, call) => [
    { action: update, resource: acl },
    ...referenceAccess(call, { action: update }, input.Rules),
  ],
  run({ target, input, call }) {
    const acl = save(call, { ...updated(call, target, input), ...contents(call, input, target) })
    return { NextLockToken: acl.lockToken }
  },
})

/** Deletes a web ACL with its logging configuration. Faults: WAFAssociatedItemException while it guards anything. */
export const DeleteWebACL = wafv2('DeleteWebACL', {
  target: (input, call) => find(call, webACL, input),
  access: (acl) => [{ action: 'wafv2:DeleteWebACL', resource: acl }],
  run({ target, input, call }) {
    if (guarded(call, target).length > 0) throw faults.associated()
    remove(call, webACL, target, input.LockToken)
    deleteLogging(call, target)
    return {}
  },
})

/** Lists the web ACLs of a scope. */
export const ListWebACLs = listing('ListWebACLs', webACL)

function contents(
  call: Wafv2Call,
  input: CreateWebACLRequest | UpdateWebACLRequest,
  before?: WebACLDocument,
): Omit<WebACLDocument, keyof Entity | 'capacity'> {
  const { Rules = [], VisibilityConfig, CustomResponseBodies, MonetizationConfig, TokenDomains } = input
  if (MonetizationConfig !== undefined) throw faults.payments()
  // Logs and samples would show what it asks to be hidden.
  if (input.DataProtectionConfig !== undefined) throw faults.dataProtection()
  if (TokenDomains !== undefined && TokenDomains.length > quotas.tokenDomainsPerACL)
    throw faults.limit('TOKEN_DOMAIN')
  if (input.OnSourceDDoSProtectionConfig !== undefined) throw faults.lowReputation()
  return {
    rules: storable(Rules),
    references: storedReferences(call, Rules),
    visibility: VisibilityConfig,
    bodies: CustomResponseBodies,
    settings: {
      DefaultAction: input.DefaultAction,
      CaptchaConfig: input.CaptchaConfig,
      ChallengeConfig: input.ChallengeConfig,
      TokenDomains,
      AssociationConfig: input.AssociationConfig,
      ApplicationConfig: application(input.ApplicationConfig, before?.settings.ApplicationConfig),
    },
  }
}

/**
 * What an owner told of the application, once: an update that says nothing keeps it.
 * Source: AWS WAFV2 API, UpdateWebACL, ApplicationConfig. Faults: WAFInvalidParameterException for an update that says otherwise.
 */
function application(
  given: ApplicationConfig | undefined,
  before: ApplicationConfig | undefined,
): ApplicationConfig | undefined {
  if (before !== undefined && given !== undefined && toldOf(given) !== toldOf(before))
    throw faults.applicationChanged()
  return before ?? given
}

/** Comparable: in one order of members. */
function toldOf({ Attributes = [] }: ApplicationConfig): string {
  return JSON.stringify(Attributes.map(({ Name, Values }) => [Name, Values]))
}

function save(call: Wafv2Call, acl: Omit<WebACLDocument, 'capacity'>): WebACLDocument {
  const { capacity } = compileACL(call, { ...acl, capacity: 0 })
  const compiled = { ...acl, capacity }
  put(call, webACL, compiled)
  return compiled
}
