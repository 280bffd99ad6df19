import { servicePrincipal } from '#core/service-principal.ts'
import { globalServices, type StoredRecord } from '#telemetry/index.ts'
import type { Choice, Span, TrailDocument } from './documents.ts'
import { faults } from './faults.ts'
import { quotas } from './quotas.ts'
import { isSelected } from './selectors.ts'

const globalSources: ReadonlySet<string> = new Set([...globalServices].map(servicePrincipal))

export function isLogging({ spans }: Pick<TrailDocument, 'spans'>): boolean {
  const last = spans.at(-1)
  return last !== undefined && last.untilMs === undefined
}

/** The trail's spans once it begins to log what it chooses now. Faults: ThrottlingException. */
export function begun(spans: readonly Span[], choice: Choice, nowMs: number): readonly Span[] {
  if (spans.length >= quotas.spans) throw faults.tooFast()
  const { isMultiRegion, includeGlobalServiceEvents, selectors } = choice
  return [...spans, { fromMs: nowMs, isMultiRegion, includeGlobalServiceEvents, selectors }]
}

/** The trail's spans once it logs no more. */
export function ended(spans: readonly Span[], nowMs: number): readonly Span[] {
  return spans.map((span) => (span.untilMs === undefined ? { ...span, untilMs: nowMs } : span))
}

/** The trail with another choice from now on: what was before is delivered as it was chosen then. Faults: ThrottlingException. */
export function withChoice(trail: TrailDocument, choice: Partial<Choice>, nowMs: number): TrailDocument {
  const changed = { ...trail, ...choice }
  return isLogging(trail) ? { ...changed, spans: begun(ended(trail.spans, nowMs), changed, nowMs) } : changed
}

/** Units: milliseconds. A record tells the second in which its call began. */
const recordMs = 1_000

/** Whether a record is one of a trail's. It must be of the trail's account: the caller sees to that. */
export function isLogged(trail: Pick<TrailDocument, 'region' | 'spans'>, record: StoredRecord): boolean {
  const atMs = Date.parse(record.eventTime)
  return trail.spans.some(
    (span) =>
      atMs + recordMs > span.fromMs &&
      (span.untilMs === undefined || atMs <= span.untilMs) &&
      isOfRegion(span, trail.region, record) &&
      isSelected(span.selectors, record),
  )
}

/**
 * Events of global services happen in the partition's first Region: a trail there gets them, and one of all Regions, unless it leaves
 * them out. Source: CloudTrail User Guide, "About global service events".
 */
function isOfRegion(span: Span, home: string, { awsRegion, eventSource }: StoredRecord): boolean {
  if (!span.isMultiRegion && awsRegion !== home) return false
  return span.includeGlobalServiceEvents || !globalSources.has(eventSource)
}
