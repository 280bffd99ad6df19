import { cloudtrail, on } from './declare.ts'
import { findTrail, requireHome } from './find.ts'
import { selectorsOf, shownSelectors } from './selector-list.ts'
import { withChoice } from './spans.ts'

/**
 * Chooses which events a trail logs from now on; what was logged before is delivered as it was chosen then.
 * Faults: TrailNotFoundException; InvalidHomeRegionException; InvalidEventSelectorsException, also for data events of what is not here;
 * ThrottlingException.
 */
export const PutEventSelectors = cloudtrail('PutEventSelectors', {
  target: ({ TrailName }, call) => findTrail(call, TrailName),
  access: (trail) => [on('PutEventSelectors', trail)],
  run({ target: trail, input, call }) {
    requireHome(call, trail)
    const selectors = selectorsOf(input)
    call.trails.put(trail.name, withChoice(trail, { selectors }, call.nowMs))
    return { TrailARN: trail.arn, ...shownSelectors(selectors) }
  },
})

/** Shows a trail's selectors. Faults: TrailNotFoundException. */
export const GetEventSelectors = cloudtrail('GetEventSelectors', {
  target: ({ TrailName }, call) => findTrail(call, TrailName),
  access: (trail) => [on('GetEventSelectors', trail)],
  run: ({ target: { arn, selectors } }) => ({ TrailARN: arn, ...shownSelectors(selectors) }),
})
