import { items, text } from '../../reading/values.ts'
import { callDetector } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/TrailInsightsDisabled'

/** A trail is told to look for nothing unusual any more. Source: CloudTrail API Reference, PutInsightSelectors. */
export const trailInsights = callDetector({
  name: 'trail-insights',
  events: ['cloudtrail:PutInsightSelectors'],
  finds: {
    [type]: {
      severity: 3,
      title: 'Insights of the trail {trail} were switched off.',
      description: '{userName} left the trail {trail} without any insight selector.',
      remediation: undo(
        'Switch insights on again.',
        `aws cloudtrail put-insight-selectors --trail-name {trail} --insight-selectors '[{"InsightType":"ApiCallRateInsight"},{"InsightType":"ApiErrorRateInsight"}]' --region {region}`,
      ),
    },
  },
  see({ requestParameters }) {
    if (items(requestParameters, 'insightSelectors').length > 0) return undefined
    const trail = text(requestParameters, 'trailName') ?? text(requestParameters, 'eventDataStore') ?? ''
    return { type, about: trail, values: { trail } }
  },
})
