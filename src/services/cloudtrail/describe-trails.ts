import { Missing } from '#core/resource.ts'
import { cloudtrail, on, onAll } from './declare.ts'
import { faults } from './faults.ts'
import { findTrail, trailsOfAccount } from './find.ts'
import { shownTrail } from './trail-list.ts'

/**
 * Describes trails: those that are named, else all of the Region. Those of other Regions that log in all show here too, as shadow
 * trails, unless they are not wanted. Trails that do not exist are left out.
 */
export const DescribeTrails = cloudtrail('DescribeTrails', {
  access: () => onAll('DescribeTrails'),
  run({ input: { trailNameList = [], includeShadowTrails = true }, call }) {
    const found =
      trailNameList.length > 0
        ? trailNameList.flatMap((text) => {
            const trail = findTrail(call, text)
            return trail instanceof Missing ? [] : [trail]
          })
        : trailsOfAccount(call).filter((trail) => trail.region === call.region || trail.isMultiRegion)
    const shown = found.filter(({ region }) => includeShadowTrails || region === call.region)
    return { trailList: shown.map(shownTrail) }
  },
})

/** Describes one trail. Faults: TrailNotFoundException; InvalidTrailNameException; CloudTrailARNInvalidException. */
export const GetTrail = cloudtrail('GetTrail', {
  target: ({ Name }, call) => findTrail(call, Name),
  access: (trail) => [on('GetTrail', trail)],
  run: ({ target }) => ({ Trail: shownTrail(target) }),
})

/** Names the account's trails of all Regions. There are few: one page has them all. */
export const ListTrails = cloudtrail('ListTrails', {
  access: () => onAll('ListTrails'),
  run({ input: { NextToken }, call }) {
    if (NextToken !== undefined) throw faults.listToken()
    return {
      Trails: trailsOfAccount(call).map(({ arn, name, region }) => ({
        TrailARN: arn,
        Name: name,
        HomeRegion: region,
      })),
    }
  },
})
