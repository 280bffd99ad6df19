import type { SampledRequest } from '#core/edge-view.ts'
import type { SampledHTTPRequest } from '#models/wafv2.d.ts'
import { type Wafv2Call, wafv2 } from './declare.ts'
import type { WebACLDocument } from './documents.ts'
import { findByArn, webACL } from './entities.ts'
import { faults } from './faults.ts'
import { managed, storedWorld } from './world.ts'
import { textIn, valuesOf } from './statements-in.ts'

/** Source: AWS WAFV2 API, GetSampledRequests, TimeWindow: the last three hours. */
const windowMsMax = 3 * 3_600_000

/**
 * Shows requests that a rule saw, by its metric's name; the web ACL's own metric is that of its default action.
 * Faults: WAFNonexistentItemException for a metric that the web ACL has not; WAFInvalidParameterException for a window that ends before it
 * begins, or that is over for three hours.
 */
export const GetSampledRequests = wafv2('GetSampledRequests', {
  target: ({ WebAclArn }, call) => findByArn(call, [webACL], WebAclArn),
  access: (acl) => [{ action: 'wafv2:GetSampledRequests', resource: acl }],
  prepare({ target: acl, input, call }) {
    if (!metricsOf(call, acl).has(input.RuleMetricName)) throw faults.nonexistent()
    const toMs = Math.min(input.TimeWindow.EndTime.getTime(), call.nowMs)
    const fromMs = Math.max(input.TimeWindow.StartTime.getTime(), call.nowMs - windowMsMax)
    if (!(fromMs <= toMs)) throw faults.invalidWindow()
    return call.parts.edge.samples({
      webACL: acl.arn,
      metricName: input.RuleMetricName,
      fromMs,
      toMs,
      max: input.MaxItems,
    })
  },
  run({ prepared: { requests, population, fromMs, toMs } }) {
    return {
      SampledRequests: requests.map((request) => shown(request, population / Math.max(1, requests.length))),
      PopulationSize: population,
      TimeWindow: { StartTime: new Date(fromMs), EndTime: new Date(toMs) },
    }
  },
})

/** The metric names that requests are sampled under: the web ACL's, its rules', and those of rules within groups. */
function metricsOf(call: Wafv2Call, acl: WebACLDocument): ReadonlySet<string> {
  const names = new Set([acl.visibility.MetricName])
  const world = storedWorld(call.tx, call.partition, acl.place)
  const add = (rules: readonly unknown[]): void => {
    for (const config of valuesOf(rules, 'VisibilityConfig')) {
      const name = textIn(config, 'MetricName')
      if (name !== undefined) names.add(name)
    }
  }
  add(acl.rules)
  for (const body of valuesOf(acl.rules, 'RuleGroupReferenceStatement'))
    add(world.ruleGroup(textIn(body, 'ARN') ?? '')?.Rules ?? [])
  for (const body of valuesOf(acl.rules, 'ManagedRuleGroupStatement')) {
    const [vendor, name] = [textIn(body, 'VendorName'), textIn(body, 'Name')]
    add(managed().find((group) => group.VendorName === vendor && group.Name === name)?.Rules ?? [])
  }
  return names
}

function shown(request: SampledRequest, weight: number): SampledHTTPRequest {
  const { tokenResponse } = request
  const token = tokenResponse && {
    ResponseCode: tokenResponse.responseCode,
    SolveTimestamp:
      tokenResponse.solveTimestampMs === undefined
        ? undefined
        : Math.floor(tokenResponse.solveTimestampMs / 1000),
    // The engine has AWS's words alone.
    FailureReason: tokenResponse.failureReason as 'TOKEN_MISSING' | undefined,
  }
  return {
    Request: {
      ClientIP: request.clientIP,
      Country: request.country,
      URI: request.uri,
      Method: request.method,
      HTTPVersion: request.httpVersion,
      Headers: request.headers.map(([Name, Value]) => ({ Name, Value })),
    },
    Weight: Math.max(1, Math.round(weight)),
    Timestamp: new Date(request.timestampMs),
    Action: request.action,
    OverriddenAction: request.overriddenAction,
    RuleNameWithinRuleGroup: request.ruleNameWithinRuleGroup,
    RequestHeadersInserted: request.requestHeadersInserted.map(([Name, Value]) => ({ Name, Value })),
    ResponseCodeSent: request.responseCodeSent,
    Labels: request.labels.map((Name) => ({ Name })),
    ...(tokenResponse?.kind === 'CAPTCHA' && { CaptchaResponse: token }),
    ...(tokenResponse?.kind === 'CHALLENGE' && { ChallengeResponse: token }),
  }
}
