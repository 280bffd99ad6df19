import { detector } from '../../detector.ts'
import { accountOf, apiCallSignal } from '../../findings/api-call.ts'
import { text } from '../../reading/values.ts'
import type { CloudTrailRecord } from '../../records.ts'
import { isDone } from '../call-detector.ts'
import { undo } from '../remedies.ts'

const type = 'DefenseEvasion:IAMUser/ResponseDisabled'

/** Sources of events that somebody answers to for security's sake. Source: EventBridge User Guide, events from AWS services. */
const watched = [
  'aws.guardduty',
  'aws.securityhub',
  'aws.macie',
  'aws.inspector2',
  'aws.access-analyzer',
  'via CloudTrail',
]
/** What such rules are called, where the rule was made before the records begin. */
const named = /guard-?duty|security|finding|incident|remediat/i
const patternMax = 4096

/**
 * A rule that answers to findings is switched off: nothing is done about them any more.
 * State: which rules answer to findings. Source: EventBridge API Reference, PutRule, DisableRule, RemoveTargets.
 */
export const responseRules = detector({
  name: 'response-rules',
  source: 'cloudTrail',
  events: ['events:PutRule', 'events:DisableRule', 'events:DeleteRule', 'events:RemoveTargets'],
  finds: {
    [type]: {
      severity: 6,
      title: 'The rule {rule}, which answers to findings, was switched off.',
      description: '{userName} called {api} on the rule {rule}.',
      remediation: undo(
        'Enable the rule again; put its targets back where they were removed.',
        'aws events enable-rule --name {rule} --region {region}',
      ),
    },
  },
  remembers: {
    entityOf: (record) => `${accountOf(record)} ${record.awsRegion} ${ruleOf(record)}`,
    fresh: () => ({ answers: false }),
  },
  see(record, { memory }) {
    if (!isDone(record)) return undefined
    const { requestParameters } = record
    const rule = ruleOf(record)
    if (record.eventName === 'PutRule') {
      const pattern = (text(requestParameters, 'eventPattern') ?? '').slice(0, patternMax)
      const answered = memory.answers
      memory.answers = watched.some((one) => pattern.includes(one))
      const stillAnswers = memory.answers && text(requestParameters, 'state') !== 'DISABLED'
      if (!answered || stillAnswers) return undefined
    } else if (!memory.answers && !named.test(rule.slice(0, 64))) return undefined
    return apiCallSignal(record, { type, about: rule, values: { rule } })
  },
})

function ruleOf({ requestParameters }: CloudTrailRecord): string {
  return text(requestParameters, 'name') ?? text(requestParameters, 'rule') ?? ''
}
