import { Missing } from '#core/resource.ts'
import type { UpdateTrailRequest } from '#models/cloudtrail.d.ts'
import { cloudtrail, type CloudTrailCall, on } from './declare.ts'
import { destinationsOf, passLogRole, requireLogGroup } from './destinations.ts'
import { deletedTrails, type TrailDocument } from './documents.ts'
import { faults } from './faults.ts'
import { findTrail, requireHome, requireTrailName, trailArn, trailsOfAccount } from './find.ts'
import { quotas } from './quotas.ts'
import { allManagementEvents } from './selectors.ts'
import { ended, isLogging, withChoice } from './spans.ts'
import { tagsOf, withTags } from './tag-list.ts'
import { shownSettings } from './trail-list.ts'

/**
 * Makes a trail. It logs nothing until StartLogging.
 *
 * Faults: TrailAlreadyExistsException; MaximumNumberOfTrailsExceededException; InvalidTrailNameException; those of its destinations; and
 * for what is not enforced: InvalidSnsTopicNameException, InvalidKmsKeyIdException, OrganizationsNotInUseException,
 * UnsupportedOperationException (EnableLogFileValidation, RecursiveLogging).
 */
export const CreateTrail = cloudtrail('CreateTrail', {
  target({ Name }, call) {
    requireTrailName(Name)
    return { arn: trailArn(call, Name) }
  },
  access: (trail, input, call) => {
    const { TagsList = [] } = input
    const requestTags = tagsOf(TagsList)
    return [
      on('CreateTrail', trail, { requestTags }),
      ...(TagsList.length > 0 ? [on('AddTags', trail, { requestTags })] : []),
      ...passLogRole(call, input),
    ]
  },
  async prepare({ target: { arn }, input, call }) {
    refuseUnsupported(input)
    requireNew(call, input.Name)
    await requireLogGroup(call, arn, destinationsOf(call, input).group)
  },
  run({ target: { arn }, input, call }) {
    const { Name: name, IsMultiRegionTrail = false, IncludeGlobalServiceEvents = true, TagsList } = input
    requireGlobal(IsMultiRegionTrail, IncludeGlobalServiceEvents)
    const { bucket, prefix, group } = destinationsOf(call, input)
    requireNew(call, name)
    requireRoom(call)
    const trail: TrailDocument = {
      ...{ arn, name, id: call.randomBytes(12).toString('hex') },
      ...{ account: call.account, region: call.region, createdAtMs: call.nowMs },
      ...{ bucket, prefix, group, selectors: allManagementEvents },
      isMultiRegion: IsMultiRegionTrail,
      includeGlobalServiceEvents: IncludeGlobalServiceEvents,
      tags: withTags({}, TagsList),
      spans: [],
      toBucket: {},
      ...(group && { toGroup: {} }),
    }
    call.trails.put(name, trail)
    return shownSettings(trail)
  },
})

/**
 * Changes what is given. What was logged before is delivered as it was chosen then, to where the trail delivers now.
 * Faults: TrailNotFoundException; InvalidHomeRegionException; ThrottlingException; those of CreateTrail.
 */
export const UpdateTrail = cloudtrail('UpdateTrail', {
  target: ({ Name }, call) => findTrail(call, Name),
  access: (trail, input, call) => [
    on('UpdateTrail', trail),
    ...passLogRole(call, input, trail instanceof Missing ? {} : trail),
  ],
  async prepare({ target: trail, input, call }) {
    requireHome(call, trail)
    refuseUnsupported(input)
    const { CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn } = input
    if (CloudWatchLogsLogGroupArn !== undefined || CloudWatchLogsRoleArn !== undefined)
      await requireLogGroup(call, trail.arn, destinationsOf(call, input, trail).group)
    return call.parts.audit.end()
  },
  run({ target: trail, input, call, prepared: end }) {
    const { IsMultiRegionTrail: isMultiRegion = trail.isMultiRegion } = input
    const { IncludeGlobalServiceEvents: includeGlobalServiceEvents = trail.includeGlobalServiceEvents } =
      input
    requireGlobal(isMultiRegion, includeGlobalServiceEvents)
    const destinations = destinationsOf(call, input, trail)
    // A group that is new gets what happens from now on.
    const toGroup = trail.toGroup ?? (isLogging(trail) ? { cursor: end } : {})
    const changed = withChoice(trail, { isMultiRegion, includeGlobalServiceEvents }, call.nowMs)
    const updated = { ...changed, ...destinations, toGroup: destinations.group ? toGroup : undefined }
    call.trails.put(trail.name, updated)
    return shownSettings(updated)
  },
})

/**
 * Deletes a trail; what it logged until then is still delivered.
 * Faults: TrailNotFoundException; InvalidHomeRegionException; ThrottlingException while too many that were deleted have yet to deliver.
 */
export const DeleteTrail = cloudtrail('DeleteTrail', {
  target: ({ Name }, call) => findTrail(call, Name),
  access: (trail) => [on('DeleteTrail', trail)],
  run({ target: trail, call }) {
    requireHome(call, trail)
    call.trails.delete(trail.name)
    if (trail.spans.length === 0) return {}
    const scope = { account: trail.account, region: trail.region }
    // Each follows the records by itself until it has delivered.
    if (!call.tx.requireRoom(deletedTrails, scope, quotas.deletedTrails)) throw faults.tooFast()
    call.tx.put(deletedTrails, scope, trail.id, { ...trail, spans: ended(trail.spans, call.nowMs) })
    return {}
  },
})

function requireNew(call: CloudTrailCall, name: string): void {
  if (call.trails.get(name)) throw faults.trailExists(name, call.account)
}

/** A trail of all Regions counts in each. */
function requireRoom(call: CloudTrailCall): void {
  const shadows = trailsOfAccount(call).filter(
    ({ region, isMultiRegion }) => region !== call.region && isMultiRegion,
  )
  if (!call.trails.hasRoom(quotas.trailsPerRegion - shadows.length))
    throw faults.tooManyTrails(call.account, call.region)
}

function requireGlobal(isMultiRegion: boolean, includesGlobal: boolean): void {
  if (isMultiRegion && !includesGlobal)
    throw faults.combination('Multi-Region trail must include global service events.')
}

function refuseUnsupported(input: Omit<UpdateTrailRequest, 'Name'>): void {
  if (input.SnsTopicName) throw faults.topic()
  if (input.KmsKeyId) throw faults.kmsKey()
  if (input.IsOrganizationTrail) throw faults.organization()
  if (input.EnableLogFileValidation) throw faults.unsupported('EnableLogFileValidation')
  if (input.RecursiveLogging !== undefined) throw faults.unsupported('RecursiveLogging')
}
