import type { Access } from '#core/operation.ts'
import { Missing } from '#core/resource.ts'
import type { IpSetFormat } from '#models/guardduty.d.ts'
import { type GuardDutyCall, on, onAll } from '../declare.ts'
import type { DetectorDocument, ListDocument, ListKind } from '../documents.ts'
import { faults } from '../faults.ts'
import { detectorArn, newId } from '../find.ts'
import { requireNoAdministrator } from '../members/relations.ts'
import { pageOf } from '../paging.ts'
import { quotas } from '../quotas.ts'
import { tagsOf } from '../tag-list.ts'
import { parseLocation } from './location.ts'

// What the four kinds of lists have in common: their operations differ in names alone.

const max: Readonly<Record<ListKind, number>> = {
  ipset: quotas.ipSets,
  threatintelset: quotas.threatIntelSets,
  threatentityset: quotas.threatEntitySets,
  trustedentityset: quotas.trustedEntitySets,
}

interface Given {
  readonly Name?: string | undefined
  readonly Location?: string | undefined
  readonly Activate?: boolean | undefined
  readonly ExpectedBucketOwner?: string | undefined
}

interface Created extends Given {
  readonly Name: string
  readonly Format: IpSetFormat
  readonly Location: string
  readonly Tags?: Readonly<Record<string, string>> | undefined
}

export function createAccess(action: string, { Tags }: Pick<Created, 'Tags'>): readonly Access[] {
  return onAll(action, { requestTags: tagsOf(Tags) })
}

/**
 * Keeps a list; where it is to be active, its file is read by the first worker.
 * Faults: BadRequestException for a name that there is, a place that is none, more lists than there may be.
 */
export function createList(
  call: GuardDutyCall,
  kind: ListKind,
  detector: DetectorDocument,
  given: Created,
): string {
  requireNoAdministrator(call)
  const all = ofKind(call, kind)
  if (all.some(({ name }) => name === given.Name)) throw faults.exists('list')
  if (all.length >= max[kind]) throw faults.limit('lists of that kind', max[kind])
  requireLocation(given.Location)
  const id = newId(call.randomBytes)
  call.lists.put(id, {
    ...{ arn: detectorArn(call, detector.id, kind, id), kind, id, detectorId: detector.id },
    ...{
      name: given.Name,
      format: given.Format,
      location: given.Location,
      bucketOwner: given.ExpectedBucketOwner,
    },
    ...{ status: given.Activate === true ? 'ACTIVATING' : 'INACTIVE', reading: 1, tags: tagsOf(given.Tags) },
    ...{ createdAtMs: call.nowMs, updatedAtMs: call.nowMs },
  })
  return id
}

/** Changes a list. An active one whose file is asked for, or stands elsewhere now, is read again. Faults: BadRequestException. */
export function updateList(call: GuardDutyCall, list: ListDocument, given: Given): void {
  requireNoAdministrator(call)
  const { Name = list.name, Location = list.location, Activate, ExpectedBucketOwner } = given
  if (Name !== list.name && ofKind(call, list.kind).some(({ name }) => name === Name))
    throw faults.exists('list')
  requireLocation(Location)
  const wasActive = list.status !== 'INACTIVE'
  const isRead = Activate === true || (wasActive && Activate === undefined && Location !== list.location)
  const changed = {
    ...list,
    ...{ name: Name, location: Location, bucketOwner: ExpectedBucketOwner ?? list.bucketOwner },
    updatedAtMs: call.nowMs,
  }
  if (isRead)
    call.lists.put(list.id, {
      ...changed,
      ...{ status: 'ACTIVATING', errorDetails: undefined, reading: list.reading + 1 },
    })
  else if (Activate === false)
    call.lists.put(list.id, { ...changed, status: 'INACTIVE', errorDetails: undefined })
  else call.lists.put(list.id, changed)
}

/** Faults: BadRequestException. */
export function deleteList(call: GuardDutyCall, { id }: ListDocument): void {
  requireNoAdministrator(call)
  call.lists.delete(id)
}

export function findList(
  call: GuardDutyCall,
  kind: ListKind,
  detectorId: string,
  id: string,
): ListDocument | Missing {
  const found = call.detectors.get(detectorId) && call.lists.get(id)
  if (found?.kind === kind) return found
  const arn = detectorArn(call, detectorId, kind, id)
  return new Missing(arn, call.detectors.get(detectorId) ? faults.noResource() : faults.noDetector())
}

export function accessOf(action: string, list: ListDocument | Missing): readonly Access[] {
  return [on(action, list)]
}

export function shownList({ name, format, location, bucketOwner, status, tags }: ListDocument) {
  return {
    ...{ Name: name, Format: format, Location: location, Status: status, Tags: tags },
    ExpectedBucketOwner: bucketOwner,
  }
}

/** The kinds of today say more. */
export function shownEntityList(list: ListDocument) {
  return {
    ...shownList(list),
    ...{ CreatedAt: new Date(list.createdAtMs), UpdatedAt: new Date(list.updatedAtMs) },
    ErrorDetails: list.errorDetails,
  }
}

export function listPage(
  call: GuardDutyCall,
  kind: ListKind,
  asked: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { readonly ids: readonly string[]; readonly NextToken?: string } {
  const { items, NextToken } = pageOf(ofKind(call, kind), ({ id }) => id, asked)
  return { ids: items.map(({ id }) => id), ...(NextToken !== undefined && { NextToken }) }
}

function ofKind(call: GuardDutyCall, kind: ListKind): readonly ListDocument[] {
  return call.lists.find('kind', kind).map(({ document }) => document)
}

function requireLocation(text: string): void {
  if (!parseLocation(text)) throw faults.badParameter('location')
}
