import type { CreateTrailResponse, Trail } from '#models/cloudtrail.d.ts'
import type { TrailDocument } from './documents.ts'
import { hasCustomSelectors } from './selector-list.ts'

/** A trail as the answers of CreateTrail and UpdateTrail show it. */
export function shownSettings(trail: TrailDocument): CreateTrailResponse {
  return {
    Name: trail.name,
    S3BucketName: trail.bucket,
    S3KeyPrefix: trail.prefix,
    IncludeGlobalServiceEvents: trail.includeGlobalServiceEvents,
    IsMultiRegionTrail: trail.isMultiRegion,
    TrailARN: trail.arn,
    LogFileValidationEnabled: false,
    CloudWatchLogsLogGroupArn: trail.group?.arn,
    CloudWatchLogsRoleArn: trail.group?.roleArn,
    IsOrganizationTrail: false,
  }
}

/** A trail as GetTrail and DescribeTrails show it. */
export function shownTrail(trail: TrailDocument): Trail {
  return {
    ...shownSettings(trail),
    HomeRegion: trail.region,
    HasCustomEventSelectors: hasCustomSelectors(trail.selectors),
    HasInsightSelectors: false,
  }
}
