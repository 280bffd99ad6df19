import { wafv2 } from './declare.ts'
import { faults } from './faults.ts'

// The mobile SDK is AWS's own software, which only AWS gives away: here no release of it can be had.

/** Lists the releases of the mobile SDK: none, as none can be had here. */
export const ListMobileSdkReleases = wafv2('ListMobileSdkReleases', {
  access: () => [{ action: 'wafv2:ListMobileSdkReleases', resource: '*' }],
  run({ input }) {
    if (input.NextMarker !== undefined) throw faults.invalidMarker(input.NextMarker)
    return { ReleaseSummaries: [] }
  },
})

/** Shows a release of the mobile SDK. Faults: WAFNonexistentItemException, always. */
export const GetMobileSdkRelease = wafv2('GetMobileSdkRelease', {
  access: () => [{ action: 'wafv2:GetMobileSdkRelease', resource: '*' }],
  run() {
    throw faults.nonexistent()
  },
})

/** Makes a URL that a release of the mobile SDK can be had from. Faults: WAFNonexistentItemException, always. */
export const GenerateMobileSdkReleaseUrl = wafv2('GenerateMobileSdkReleaseUrl', {
  access: () => [{ action: 'wafv2:GenerateMobileSdkReleaseUrl', resource: '*' }],
  run() {
    throw faults.nonexistent()
  },
})
