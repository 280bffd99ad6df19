/**
 * EventBridge's languages: event patterns, one by one and as a set with an index; what a target is sent of an event; schedules.
 * Pure and synchronous; knows nothing of the wire, of stores or of the clock: an instant is a parameter.
 */
export { type EventPattern, matchesPattern, parsePattern, type ParsedPattern } from './event-pattern.ts'
export { createPatternSet, type PatternEntry, type PatternSet } from './set/pattern-set.ts'
export { isPath, pathValue } from './input/path.ts'
export {
  type InputTransformer,
  type PredefinedVariables,
  transformerProblem,
  transformInput,
} from './input/transformer.ts'
export { nextAfter, type ParsedSchedule, parseSchedule, type Schedule } from './schedule/schedule.ts'
export { occurrenceFrom, type Span } from './schedule/occurrence.ts'
