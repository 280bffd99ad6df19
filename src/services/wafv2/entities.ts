import type { Call } from '#core/call.ts'
import { uuid } from '#core/ids.ts'
import type { Access } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { Collection } from '#core/store/index.ts'
import type { IPSetSummary, Scope, Tag } from '#models/wafv2.d.ts'
import { type Entity, ipSets, regexPatternSets, ruleGroups, webACLs } from './documents.ts'
import { faults } from './faults.ts'
import { pageOfDocuments, type PageRequest } from './paging.ts'
import { entityArn, isReached, type Kind, parseEntityArn, placeOf } from './places.ts'
import { quotas } from './quotas.ts'
import { requestTags, withTags } from './tag-list.ts'

/** A kind of entity: where its documents are, and how many there may be. */
export interface EntityKind<D extends Entity> {
  readonly kind: Kind
  readonly collection: Collection<D>
  readonly max: number
}

export const ipSet = { kind: 'ipset', collection: ipSets, max: quotas.ipSets } as const
export const regexPatternSet = {
  kind: 'regexpatternset',
  collection: regexPatternSets,
  max: quotas.regexPatternSets,
} as const
export const ruleGroup = { kind: 'rulegroup', collection: ruleGroups, max: quotas.ruleGroups } as const
export const webACL = { kind: 'webacl', collection: webACLs, max: quotas.webACLs } as const

const kinds = {
  ipset: ipSet,
  regexpatternset: regexPatternSet,
  rulegroup: ruleGroup,
  webacl: webACL,
} as const satisfies Record<Kind, EntityKind<Entity>>

/** The kind that ARNs spell so. */
export function kindOf(kind: Kind): EntityKind<Entity> {
  return kinds[kind]
}

/** The members by which a request names an entity. */
interface Named {
  readonly Scope: Scope
  readonly Name: string
  readonly Id: string
}

/** The entity that a request names: both its name and its id must be right. */
export function find<D extends Entity>(
  call: Call,
  { kind, collection }: EntityKind<D>,
  { Scope, Name: name, Id: id }: Named,
): D | Missing {
  const place = placeOf(call, Scope)
  const document = call.tx.get(collection, place, id)
  if (document?.name === name) return document
  return new Missing(entityArn(call, { place, kind, name, id }), faults.nonexistent())
}

/**
 * The entity of an ARN, in whatever account it is.
 * Faults: WAFInvalidParameterException for what is no ARN of one of the kinds.
 */
export function findByArn<D extends Entity>(
  call: Call,
  allowed: readonly EntityKind<D>[],
  text: string,
): D | Missing {
  const named = parseEntityArn(call, text)
  const kept = named && allowed.find(({ kind }) => kind === named.kind)
  if (!kept) throw faults.invalid('RESOURCE_ARN', text, 'The ARN isn’t valid.')
  const document = isReached(call, named.place)
    ? call.tx.get(kept.collection, named.place, named.id)
    : undefined
  return document?.name === named.name ? document : new Missing(entityArn(call, named), faults.nonexistent())
}

/** The entity that a request names by its ARN, or by scope, name and id. Faults: WAFInvalidParameterException for neither. */
export function findEither<D extends Entity>(
  call: Call,
  kept: EntityKind<D>,
  {
    ARN,
    Scope,
    Name,
    Id,
  }: { readonly ARN?: string | undefined } & { [M in keyof Named]?: Named[M] | undefined },
): D | Missing {
  const byName = Scope !== undefined && Name !== undefined && Id !== undefined
  const some = Scope !== undefined || Name !== undefined || Id !== undefined
  if (ARN !== undefined && !some) return findByArn(call, [kept], ARN)
  if (ARN === undefined && byName) return find(call, kept, { Scope, Name, Id })
  throw faults.invalid('RESOURCE_ARN', ARN ?? '', 'Give either the ARN, or the scope, name and id.')
}

/** The members with which every entity is created. */
interface Creation {
  readonly Scope: Scope
  readonly Name: string
  readonly Description?: string | undefined
  readonly Tags?: readonly Tag[] | undefined
}

/**
 * What creating an entity needs. Its id is not known yet.
 * Source: AWS WAF Developer Guide, "Actions, resources, and condition keys": tags at creation need wafv2:TagResource too.
 */
export function creationAccess(
  call: Call,
  action: string,
  { kind }: EntityKind<Entity>,
  { Scope, Name: name, Tags }: Creation,
): readonly Access[] {
  const resource = { arn: entityArn(call, { place: placeOf(call, Scope), kind, name, id: '*' }) }
  const tags = requestTags(Tags)
  const creation = { action, resource, requestTags: tags }
  return Tags === undefined ? [creation] : [creation, { ...creation, action: 'wafv2:TagResource' }]
}

/**
 * A new entity's own part, under a name that is free in its scope.
 * Faults: WAFDuplicateItemException; WAFLimitsExceededException; WAFTagOperationException.
 */
export function newEntity<D extends Entity>(
  call: Call,
  { kind, collection, max }: EntityKind<D>,
  { Scope, Name: name, Description: description, Tags }: Creation,
): Entity {
  const place = placeOf(call, Scope)
  if (call.tx.find(collection, place, 'name', name, { limit: 1 }).length > 0) throw faults.duplicate()
  if (!call.tx.requireRoom(collection, place, max)) throw faults.limit(kind.toUpperCase())
  const id = uuid(call.randomBytes)
  const arn = entityArn(call, { place, kind, name, id })
  return {
    kind,
    id,
    name,
    arn,
    place,
    description,
    lockToken: uuid(call.randomBytes),
    tags: withTags({}, Tags),
  }
}

/** Stores an entity. */
export function put<D extends Entity>({ tx }: Call, { collection }: EntityKind<D>, entity: D): void {
  tx.put(collection, entity.place, entity.id, entity)
}

/** What an update keeps of an entity. Faults: WAFOptimisticLockException for a token of an earlier state. */
export function updated<D extends Entity>(
  call: Call,
  entity: D,
  {
    LockToken,
    Description: description,
  }: { readonly LockToken: string; readonly Description?: string | undefined },
): D {
  requireLock(entity, LockToken)
  return { ...entity, description, lockToken: uuid(call.randomBytes) }
}

/**
 * Deletes an entity.
 * Faults: WAFOptimisticLockException; WAFAssociatedItemException while a web ACL or a rule group, of any account, refers to it.
 */
export function remove<D extends Entity>(
  { tx }: Call,
  { collection }: EntityKind<D>,
  entity: D,
  lockToken: string,
): void {
  requireLock(entity, lockToken)
  const users = [ruleGroups, webACLs].some(
    (owners) => tx.findAnywhere<Entity>(owners, 'references', entity.arn).length > 0,
  )
  if (users) throw faults.associated()
  tx.delete(collection, entity.place, entity.id)
}

/** An entity as lists and answers to creations show it. */
export function summaryOf({ name, id, description, lockToken, arn }: Entity): IPSetSummary {
  return { Name: name, Id: id, Description: description, LockToken: lockToken, ARN: arn }
}

/** One page of the entities of a scope, sorted by id. */
export function summaries<D extends Entity>(
  call: Call,
  { collection }: EntityKind<D>,
  request: PageRequest & { readonly Scope: Scope },
): { readonly list: readonly IPSetSummary[]; readonly NextMarker?: string } {
  const { items, ...next } = pageOfDocuments(call, collection, placeOf(call, request.Scope), request)
  return { list: items.map(({ document }) => summaryOf(document)), ...next }
}

function requireLock({ lockToken }: Entity, given: string): void {
  if (given !== lockToken) throw faults.stale()
}
