import type { GetTrailStatusResponse } from '#models/cloudtrail.d.ts'
import { cloudtrail, on } from './declare.ts'
import type { Feed, TrailDocument } from './documents.ts'
import { findTrail, requireHome } from './find.ts'
import { begun, ended, isLogging } from './spans.ts'

/** Begins to log what happens from now on. Faults: TrailNotFoundException; InvalidHomeRegionException; ThrottlingException. */
export const StartLogging = cloudtrail('StartLogging', {
  target: ({ Name }, call) => findTrail(call, Name),
  access: (trail) => [on('StartLogging', trail)],
  prepare({ target: trail, call }) {
    requireHome(call, trail)
    return call.parts.audit.end()
  },
  run({ target: trail, call, prepared: end }) {
    if (isLogging(trail)) return {}
    // Where the time before is not delivered yet, it goes on from there.
    const from = (feed: Feed): Feed => ({ ...feed, cursor: feed.cursor ?? end })
    call.trails.put(trail.name, {
      ...trail,
      spans: begun(trail.spans, trail, call.nowMs),
      startedAtMs: call.nowMs,
      toBucket: from(trail.toBucket),
      ...(trail.toGroup && { toGroup: from(trail.toGroup) }),
    })
    return {}
  },
})

/** Ends logging; what happened until now is still delivered. Faults: TrailNotFoundException; InvalidHomeRegionException. */
export const StopLogging = cloudtrail('StopLogging', {
  target: ({ Name }, call) => findTrail(call, Name),
  access: (trail) => [on('StopLogging', trail)],
  run({ target: trail, call }) {
    requireHome(call, trail)
    if (!isLogging(trail)) return {}
    call.trails.put(trail.name, {
      ...trail,
      spans: ended(trail.spans, call.nowMs),
      stoppedAtMs: call.nowMs,
    })
    return {}
  },
})

/** Tells how delivery goes. Faults: TrailNotFoundException. */
export const GetTrailStatus = cloudtrail('GetTrailStatus', {
  target: ({ Name }, call) => findTrail(call, Name),
  access: (trail) => [on('GetTrailStatus', trail)],
  run: ({ target }) => statusOf(target),
})

function statusOf(trail: TrailDocument): GetTrailStatusResponse {
  const { toBucket, toGroup, startedAtMs, stoppedAtMs } = trail
  return {
    IsLogging: isLogging(trail),
    LatestDeliveryError: toBucket.error,
    LatestDeliveryTime: date(toBucket.deliveredAtMs),
    StartLoggingTime: date(startedAtMs),
    StopLoggingTime: date(stoppedAtMs),
    LatestCloudWatchLogsDeliveryError: toGroup?.error,
    LatestCloudWatchLogsDeliveryTime: date(toGroup?.deliveredAtMs),
    LatestDeliveryAttemptTime: text(toBucket.attemptedAtMs),
    LatestDeliveryAttemptSucceeded: text(toBucket.deliveredAtMs),
    LatestNotificationAttemptTime: '',
    LatestNotificationAttemptSucceeded: '',
    TimeLoggingStarted: text(startedAtMs),
    TimeLoggingStopped: text(stoppedAtMs),
  }
}

function date(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms)
}

function text(ms: number | undefined): string {
  return ms === undefined ? '' : `${new Date(ms).toISOString().slice(0, 19)}Z`
}
